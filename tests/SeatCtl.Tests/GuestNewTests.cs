using System.Text.Json;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.VmBridge;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>Against libvirt's test driver, with a virt-install that is played.</summary>
public sealed class GuestNewTests : IDisposable
{
    private const string Printed = """
        <domain type="test">
          <name>play</name>
          <memory>4194304</memory>
          <os>
            <type>hvm</type>
          </os>
          <devices>
            <disk type="file" device="cdrom">
              <target dev="sda" bus="sata"/>
            </disk>
          </devices>
        </domain>
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-guest-new-").FullName;
    private readonly Written _out = new(), _error = new();
    private readonly string _iso;
    private readonly string _uri;

    public GuestNewTests()
    {
        _iso = Path.Combine(_folder, "my setup.iso");
        File.WriteAllText(_iso, "a medium");
        var node = Path.Combine(_folder, "node.xml");
        File.WriteAllText(node, "<node><pool type='dir'><name>default</name><target><path>/images</path></target></pool></node>");
        _uri = $"test://{node}";
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_made_is_said_with_how_it_is_removed()
    {
        Assert.Equal(ExitCode.Done, await RunAsync());

        Assert.Equal(
            $"""
            Guest 'play' is made, as linux.
            Its first start installs from {_iso}, since its disk is empty: name it among the guests of a seat in seats.toml, or start it with 'virsh -c {_uri} start play'.
            To remove it with its disk: virsh -c {_uri} undefine play --nvram --tpm --storage /images/play.qcow2

            """, _out.ToString());
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task A_dry_run_shows_the_steps_the_command_and_the_definition()
    {
        Assert.Equal(ExitCode.Done, await RunAsync(dryRun: true));

        var text = _out.ToString();
        Assert.StartsWith(
            $"""
            make the disk /images/play.qcow2 of 32 GiB, which takes room as it is written
            store the definition of guest 'play' in libvirt ({_uri})
            The definition, which this gives:
                virt-install --connect {_uri} --name play --osinfo debian12 --memory 4096 --vcpus 4 --machine q35 --tpm none --import --disk 
            """.TrimEnd('\n'), text, StringComparison.Ordinal);
        Assert.Contains($"with {_iso} in its drive, and what the profile linux adds:\n<domain type=\"test\">\n  <name>play</name>\n", text, StringComparison.Ordinal);
        Assert.EndsWith("</domain>\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_are_documents_as_well()
    {
        await RunAsync(dryRun: true, json: true);
        var would = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal(("play", "linux", 2), (would.GetProperty("guest").GetString(), would.GetProperty("profile").GetString(), would.GetProperty("would").GetArrayLength()));
        Assert.Equal("virt-install", would.GetProperty("command")[0].GetString());
        Assert.StartsWith("<domain", would.GetProperty("definition").GetString(), StringComparison.Ordinal);

        _out.GetStringBuilder().Clear();
        await RunAsync(json: true);
        var made = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal(("play", 2), (made.GetProperty("guest").GetString(), made.GetProperty("notes").GetArrayLength()));
    }

    [Fact]
    public async Task On_a_terminal_it_says_what_it_does_and_wipes_it_at_the_end()
    {
        await RunAsync(screen: true);
        Assert.Equal(
            "\r\u001b[Klooking at what is there\r\u001b[Kasking virt-install for the definition\r\u001b[Kmaking the disk play.qcow2\r\u001b[Kstoring the definition\r\u001b[K", _error.ToString());
    }

    [Fact]
    public async Task A_fault_is_one_sentence()
    {
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync(os: "debain12"));
        Assert.Equal(
            (ExitCode.Failed, "Could not make guest 'play': virt-install knows no system 'debain12'; the nearest is 'debian12'. 'virt-install --osinfo list' lists those that it knows."),
            (failure.Code, failure.Message));
    }

    [Fact]
    public async Task Ctrl_C_leaves_nothing()
    {
        using var owner = LibvirtConnection.Open(_uri);
        using var end = new CancellationTokenSource();
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => RunAsync(answering: end.Cancel, cancellation: end.Token));
        Assert.Equal("Guest 'play' was not made: cancelled. Nothing of it is left.", failure.Message);
        Assert.Null(owner.Find("play"));
    }

    [Theory]
    [InlineData("guest new play --iso x", "Option '--os' is required.")]
    [InlineData("guest new play --os win11 --iso x --disk 0", "--disk is from 1 to 16777216.")]
    [InlineData("guest new play --os win11 --iso x --memory much", "--memory is from 1 to 16777216.")]
    [InlineData("guest new play --os win11 --iso x --profile macos", "'macos'")]
    public async Task What_cannot_be_meant_is_refused_before_anything_is_looked_at(string words, string why)
    {
        Assert.Equal((int)ExitCode.Usage, await CommandTree.RunAsync(words.Split(' '), Terminal(), Cancellation));
        Assert.Contains(why, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_its_options()
    {
        Assert.Equal((int)ExitCode.Done, await CommandTree.RunAsync(["guest", "new", "--help"], Terminal(), Cancellation));
        Assert.All(["--os <ID> (REQUIRED)", "--iso <FILE> (REQUIRED)", "--disk <GIB>", "--dry-run"], option => Assert.Contains(option, _out.ToString(), StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Terminal Terminal(bool screen = false) => new(_out, _error, screen, false, () => 120, null);

    private Task<ExitCode> RunAsync(
        string os = "debian12", bool dryRun = false, bool json = false, bool screen = false, Action? answering = null, CancellationToken? cancellation = null) =>
        GuestNew.RunAsync(new("play", os, _iso, "default"), _uri, new PlayedVirtInstall(answering), dryRun, json, Terminal(screen), cancellation ?? Cancellation);

    private sealed class PlayedVirtInstall(Action? answering) : IVirtInstall
    {
        public Task<VirtInstallAnswer?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
        {
            if (arguments[0] == "--osinfo")
                return Task.FromResult<VirtInstallAnswer?>(new(0, "debian12\nwin11\n", ""));
            answering?.Invoke();
            return Task.FromResult<VirtInstallAnswer?>(new(0, Printed, ""));
        }
    }
}
