using System.Text.Json;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>Against libvirt's test driver, with the definitions of tests/data/domains as its domains.</summary>
public sealed class GuestDiffTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-guest-diff-").FullName;
    private readonly Written _out = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Configuration => Path.Combine(_folder, "seats.toml");

    public void Dispose()
    {
        _out.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_a_seat_adds_and_takes_away_is_told_with_the_reason()
    {
        File.WriteAllText(Configuration, "[[seat]]\nname = 'left'\nguests = ['windows']\n");

        Assert.Equal(ExitCode.Done, await RunAsync("windows"));

        var text = _out.ToString();
        Assert.StartsWith("windows at seat left, as windows-11: libosinfo's metadata say http://microsoft.com/win/11.\n", text, StringComparison.Ordinal);
        Assert.Contains("+ domain/features/hyperv: <vpindex state=\"on\" />\n    processors are known by number, as others of these need\n", text, StringComparison.Ordinal);
        Assert.Contains("- domain/devices: <input type=\"tablet\" bus=\"usb\">", text, StringComparison.Ordinal);
        Assert.Contains("<phyllome:seat xmlns:phyllome=\"https://phyllome.org/xmlns/seat/1\" name=\"left\" />", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_configured_of_a_guest_counts_without_a_seat()
    {
        File.WriteAllText(Configuration, "[guest.windows]\nprofile = 'linux'\n");

        Assert.Equal(ExitCode.Done, await RunAsync("windows", json: true));

        var document = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal("linux", document.GetProperty("profile").GetString());
        Assert.Equal("seats.toml says so", document.GetProperty("because").GetString());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("seat").ValueKind);
        Assert.Contains(document.GetProperty("changes").EnumerateArray(), change =>
            change.GetProperty("kind").GetString() == "added" && change.GetProperty("xml").GetString()!.Contains("bus=\"virtio\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_guest_that_is_not_there_is_named()
    {
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("gone"));

        Assert.Equal(ExitCode.NotThere, failure.Code);
        Assert.Contains("has no guest 'gone'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_with_a_fault_is_not_guessed_at()
    {
        File.WriteAllText(Configuration, "[guest.windows]\nprofile = 'dos'\n");

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync("windows"));

        Assert.Contains("'profile' cannot be 'dos'", failure.Message, StringComparison.Ordinal);
    }

    private Task<ExitCode> RunAsync(string guest, bool json = false)
    {
        var node = Path.Combine(_folder, "node.xml");
        File.WriteAllText(node, $"<node><domain file='{Path.Combine(Domains(), "windows11.xml")}'/></node>");
        return GuestDiff.RunAsync(guest, Configuration, $"test://{node}", json, new(_out, _out, false, false, () => 80, null), Cancellation);
    }

    private static string Domains()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var domains = Path.Combine(folder.FullName, "tests", "data", "domains");
            if (Directory.Exists(domains))
                return domains;
        }
        throw new DirectoryNotFoundException("tests/data/domains is nowhere above the tests' program.");
    }
}
