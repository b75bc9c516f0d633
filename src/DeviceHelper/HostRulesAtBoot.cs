using System.Text.Json;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>
/// What is off the host before anybody could look at its devices: by the configuration and the memory. What is only remembered is left to
/// the host where no other keyboard is seen yet: it may be the host's only one.
/// </summary>
internal sealed class HostRulesAtBoot(string sys, string configuration, string memory, TextWriter log)
{
    public ValueList<HostRule> Make()
    {
        if (Configured() is not { } wanted)
            return [];
        var remembered = Remembered();
        var bootCards = BootCards();
        var rules = HostRules.Of(Roster.With(wanted, remembered), remembered, bootCards);
        if (remembered.Devices.All(entry => entry.Seat == Step.Host) || HostHasKeyboard(rules))
            return rules;
        log.WriteLine("<6>No keyboard but the seats' is seen yet: what is only remembered of them stays with the host until the manager has looked.");
        return HostRules.Of(wanted, remembered with { Seats = [], Devices = remembered.Devices.Where(entry => entry.Seat == Step.Host).ToValueList() }, bootCards);
    }

    /// <summary>Null where the file has a fault: what it may ask for is not done by guess.</summary>
    private SeatsConfiguration? Configured()
    {
        if (Read(configuration) is not { } text)
            return SeatsConfiguration.Default;
        var (wanted, faults) = SeatsToml.Parse(text, configuration);
        foreach (var fault in faults)
            log.WriteLine($"<4>{fault}");
        return wanted;
    }

    private Memory Remembered()
    {
        try
        {
            return Read(memory) is { } text ? MemoryText.Parse(text) : Memory.Empty;
        }
        catch (JsonException damage)
        {
            log.WriteLine($"<4>Could not read what was remembered of the seats in {memory}: it is damaged ({damage.Message}); going on without it.");
            return Memory.Empty;
        }
    }

    private string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.WriteLine($"<4>Could not read {path}: {failure.Message}; going on without it.");
            return null;
        }
    }

    /// <summary>Whether the kernel has a keyboard that surely none of these rules takes. What only udev knows of one, its ID_PATH, is not known yet.</summary>
    private bool HostHasKeyboard(ValueList<HostRule> rules) =>
        !rules.Any(rule => rule is { Seat: not null, By: MatchBy.Path })
        && KernelKeyboards.Read(sys).Any(keyboard => HostRules.First(rules, keyboard) is not { Seat: not null });

    private HashSet<string> BootCards() => Directory.Exists(Path.Combine(sys, "bus/pci/devices"))
        ? [.. Directory.EnumerateDirectories(Path.Combine(sys, "bus/pci/devices")).Where(card => Read(Path.Combine(card, "boot_vga"))?.Trim() == "1").Select(card => Path.GetFileName(card))]
        : [];
}
