using System.Text.Json;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary><c>seatctl doctor</c> on machines of tests/data/machines. The README's pictures are checked here.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Written _out = new();
    private readonly Written _error = new() { Eager = true };
    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-doctor-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("desktop", 0)]
    [InlineData("no-iommu-virtual-seats", 0)]
    [InlineData("held-by-xorg", 1)]
    [InlineData("virtualization-off", 1)]
    [InlineData("configuration-fault", 1)]
    public async Task The_exit_code_says_whether_seats_can_run(string name, int code)
    {
        Assert.Equal(code, await RunAsync(name));
        Assert.EndsWith(code == 0 ? "\nSeats can run.\n" : "\nSeats cannot run as they are configured: see what is refused.\n", _out.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Without_a_configuration_the_machine_alone_is_judged()
    {
        using var machine = MachineTree.Load("desktop");
        Assert.Equal(0, await CommandTree.RunAsync(["doctor", Path.Combine(_folder, "nothing.toml")], Terminal, Cancellation, Sight(machine)));
        Assert.EndsWith("Seats can run; none is configured yet.\n", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_user_could_not_read_is_told()
    {
        await RunAsync("as-a-user");
        Assert.Contains("Not for this user to read (sudo shows it)\n  the addresses in /proc/iomem", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_has_every_check_of_every_card()
    {
        Assert.Equal(1, await RunAsync("held-by-xorg", "--json"));
        using var document = JsonDocument.Parse(_out.ToString());
        var root = document.RootElement;
        Assert.False(root.GetProperty("ready").GetBoolean());
        var card = root.GetProperty("gpus")[1];
        Assert.Equal("left", card.GetProperty("seat").GetString());
        Assert.Equal("refuse", card.GetProperty("verdict").GetString());
        Assert.Equal(["0000:01:00.1"], card.GetProperty("functions").EnumerateArray().Select(one => one.GetProperty("address").GetString()!));
        Assert.Equal("Xorg", card.GetProperty("holders")[0].GetProperty("command").GetString());
        Assert.Equal(["flr", "bus"], card.GetProperty("function").GetProperty("reset-methods").EnumerateArray().Select(one => one.GetString()!));
        var findings = card.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(Checks.OfCards, findings.Select(finding => finding.GetProperty("check").GetString()!));
        var use = findings.Single(finding => finding.GetProperty("check").GetString() == Checks.InUse);
        Assert.Equal("refuse", use.GetProperty("verdict").GetString());
        Assert.StartsWith("Xorg 900 (session-2.scope) has it open", use.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        var display = root.GetProperty("displays")[0];
        Assert.Equal("edid:DEL-40F1-AB123", display.GetProperty("selector").GetString());
        Assert.Equal("AB123", display.GetProperty("edid").GetProperty("serial-text").GetString());
        Assert.Equal(2015, display.GetProperty("edid").GetProperty("year").GetInt32());
        Assert.Equal(1920, display.GetProperty("edid").GetProperty("highest").GetProperty("width").GetInt32());
    }

    [Fact]
    public async Task What_is_wrong_with_a_monitors_EDID_is_told()
    {
        using var machine = MachineTree.Of(
            """
            from desktop
            drm 0000:00:02.0 card0-HDMI-A-1 connected
            sys/devices/pci0000:00/0000:00:02.0/drm/card0/card0-HDMI-A-1/edid = noise
            """);
        Assert.Equal(0, await CommandTree.RunAsync(["doctor", Path.Combine(_folder, "nothing.toml"), "--json"], Terminal, Cancellation, Sight(machine)));
        using var document = JsonDocument.Parse(_out.ToString());
        var faults = document.RootElement.GetProperty("displays").EnumerateArray().Select(display => display.GetProperty("edid").GetProperty("faults").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal([[], ["it has 5 bytes, fewer than a block's 128"]], faults);
    }

    [Fact]
    public async Task A_report_has_the_diagnosis_without_what_identifies_its_owner()
    {
        var file = Path.Combine(_folder, "report.txt");
        using var machine = MachineTree.Load("desktop");
        var configuration = Path.Combine(_folder, "seats.toml");
        await File.WriteAllTextAsync(configuration, "[[seat]]\nname = \"left\"\nguests = [\"work\"]\ndevices = [\"serial:XYZ123\", \"serial:XYZ123\", \"bt:aa:bb:cc:dd:ee:ff\", \"bt:aa:bb:cc:dd:ee:ff\"]\n", Cancellation);
        var libvirt = new LibvirtSight(null, [], "guest 6a8f1d2e-0000-4000-8000-1234567890ab at 52:54:00:12:34:56 is in the way");
        Assert.Equal(1, await CommandTree.RunAsync(["doctor", configuration, "--report", file], Terminal, Cancellation, new(machine.Root, _ => Task.FromResult(libvirt))));
        var text = await File.ReadAllTextAsync(file, Cancellation);
        Assert.StartsWith("Phyllome Seats 0.1.0, Linux 6.1.0-40-amd64\n", text, StringComparison.Ordinal);
        Assert.Contains("edid:DEL-40F1-***", text, StringComparison.Ordinal);
        Assert.Contains("guest *** at *** is in the way", text, StringComparison.Ordinal);
        Assert.Contains("serial:***", text, StringComparison.Ordinal);
        Assert.All(["AB123", "XYZ123", "aa:bb:cc", "52:54:00", "6a8f1d2e"], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("\"address\": \"0000:01:00.0\"", text, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.False(document.RootElement.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task A_report_is_never_written_over_a_file()
    {
        var file = Path.Combine(_folder, "report.txt");
        await File.WriteAllTextAsync(file, "mine", Cancellation);
        Assert.Equal(1, await RunAsync("desktop", "--report", file));
        Assert.Contains("Name a file that is not there yet.", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, Cancellation));
    }

    [Theory]
    [InlineData("desktop")]
    [InlineData("held-by-xorg")]
    public async Task The_pictures_in_the_README_are_what_it_prints(string name)
    {
        await RunAsync(name);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "README.md")))
            folder = folder.Parent!;
        var readme = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "README.md"), Cancellation);
        var picture = _out.ToString();
        // The good host in full, of the bad one what is about the seat's card.
        Assert.Contains(name == "desktop" ? picture : picture[picture.IndexOf("Card 0000:01", StringComparison.Ordinal)..], readme, StringComparison.Ordinal);
    }

    private Terminal Terminal => new(_out, _error, Screen: false, Colour: false, () => 80, "unix:path=/nonexistent");

    private static DoctorSight Sight(MachineTree machine) => new(machine.Root, _ => Task.FromResult(machine.Libvirt));

    private async Task<int> RunAsync(string name, params string[] options)
    {
        using var machine = MachineTree.Load(name);
        var configuration = Path.Combine(_folder, "seats.toml");
        await File.WriteAllTextAsync(configuration, machine.Seats, Cancellation);
        return await CommandTree.RunAsync(["doctor", configuration, .. options], Terminal, Cancellation, Sight(machine));
    }
}
