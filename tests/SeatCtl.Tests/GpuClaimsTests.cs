using System.Text.Json;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary><c>seatctl gpu</c> on machines of tests/data/machines, with Debian's way to make an initramfs.</summary>
public sealed class GpuClaimsTests : IDisposable
{
    private const string Card = "0000:01:00.0", Rules = "etc/udev/rules.d/10-phyllome-gpus.rules", Book = "etc/phyllome/gpus.json";

    private readonly Written _out = new();
    private readonly Written _error = new() { Eager = true };
    private readonly MachineTree _machine = MachineTree.Load("desktop");
    private readonly List<string> _run = [], _givenBack = [];
    private int _faults;
    private bool? _answer;

    public GpuClaimsTests()
    {
        Write("usr/sbin/update-initramfs", "");
        Directory.CreateDirectory(At("etc/initramfs-tools"));
        Boot("one", up: 100);
    }

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public async Task A_claim_is_shown_and_done_only_with_a_yes()
    {
        Assert.Equal(0, await RunAsync("claim", Card, "--dry-run"));
        Assert.Contains($"write /{Rules}\n", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("run update-initramfs -u -k all\n", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("claim", Card));
        _answer = false;
        Assert.Equal(1, await RunAsync("claim", Card));
        Assert.Empty(Files());
        Assert.Empty(_run);

        _answer = true;
        Assert.Equal(0, await RunAsync("claim", Card));
        Assert.Equal(["etc/initramfs-tools/hooks/phyllome-gpus", "etc/initramfs-tools/scripts/init-top/phyllome-gpus", Book, Rules], Files());
        Assert.Equal(["update-initramfs -u -k all"], _run);
        Assert.EndsWith("Restart the computer, then within 10 minutes: seatctl gpu confirm; else all is as before.\n", _out.ToString(), StringComparison.Ordinal);
        Assert.True(new FileInfo(At("etc/initramfs-tools/hooks/phyllome-gpus")).UnixFileMode.HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task A_claim_is_kept_by_confirming_it_after_the_restart_alone()
    {
        await RunAsync("claim", Card, "--yes");
        Assert.Equal(1, await RunAsync("confirm"));
        Boot("two", up: 20);
        Assert.Equal(0, await RunAsync("settle"));
        Assert.Equal(1, await RunAsync("release", Card, "--yes"));
        var book = File.ReadAllText(At(Book));
        Assert.Equal(0, await RunAsync("confirm", "--dry-run"));
        Assert.Contains($"change /{Book}", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(book, File.ReadAllText(At(Book)));
        Assert.Equal(0, await RunAsync("confirm"));
        Boot("three", up: 3600);
        Assert.Equal(0, await RunAsync("settle"));
        Assert.Equal(4, Files().Count);
        Assert.Single(_run);

        Assert.Equal(0, await RunAsync("release", Card, "--yes"));
        Assert.Equal([Book], Files());
        Boot("four", up: 20);
        Assert.Equal(0, await RunAsync("settle"));
        Assert.Equal(0, await RunAsync("confirm"));
        Assert.Empty(Files());
        Assert.Equal(2, _run.Count);
        Assert.Empty(_givenBack);
    }

    [Fact]
    public async Task What_nobody_confirms_is_taken_back_and_the_card_given_back_at_once()
    {
        await RunAsync("claim", Card, "--yes");
        Boot("two", up: 20);
        await RunAsync("settle");
        Boot("two", up: 601);
        Assert.Equal(0, await RunAsync("settle"));
        Assert.Empty(Files());
        Assert.Equal(2, _run.Count);
        Assert.Equal([Card], _givenBack);
        Assert.Contains("<4>A change of the claimed graphics cards was not confirmed after the restart, and is taken back.\n", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Nothing was changed: 'update-initramfs -u -k all' failed: it ended with 1.")]
    [InlineData(2, "of several kernels' initramfs one may have the change: 'update-initramfs -u -k all' failed: it ended with 1. When that is mended, run it again.")]
    public async Task Nothing_is_changed_where_the_initramfs_cannot_be_made_and_those_that_were_made_are_made_anew(int faults, string said)
    {
        _faults = faults;
        Assert.Equal(1, await RunAsync("claim", Card, "--yes"));
        Assert.Empty(Files());
        Assert.Equal(2, _run.Count);
        Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_own_card_is_refused_with_the_reason()
    {
        Assert.Equal(4, await RunAsync("claim", "0000:00:02.0", "--yes"));
        Assert.Contains("boot_vga is 1", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, await RunAsync("claim", "0000:09:00.0", "--yes"));
        Assert.Equal(2, await RunAsync("claim", "09:00.0", "--yes"));
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_card_that_is_not_claimed_is_given_back_at_once()
    {
        Assert.Equal(0, await RunAsync("release", Card, "--dry-run"));
        Assert.Empty(_givenBack);
        Assert.Equal(0, await RunAsync("release", $"pci:{Card}"));
        Assert.Equal([Card], _givenBack);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Removing_the_package_leaves_nothing()
    {
        await RunAsync("claim", Card, "--yes");
        Assert.Equal(0, await RunAsync("settle", "--none"));
        Assert.Empty(Files());
        Assert.Equal(2, _run.Count);
    }

    [Fact]
    public async Task It_is_told_as_JSON_too()
    {
        Assert.Equal(0, await RunAsync("claim", Card, "--dry-run", "--json"));
        using var document = JsonDocument.Parse(_out.ToString());
        Assert.False(document.RootElement.GetProperty("done").GetBoolean());
        Assert.Equal("update-initramfs -u -k all", document.RootElement.GetProperty("remake").GetString());
        Assert.Equal(4, document.RootElement.GetProperty("files").GetArrayLength());
    }

    private Task<int> RunAsync(params string[] words) => CommandTree.RunAsync(
        ["gpu", .. words], new(_out, _error, Screen: false, Colour: false, () => 80, "unix:path=/nonexistent"), TestContext.Current.CancellationToken,
        place: new(_machine.Root, Run, address =>
        {
            _givenBack.Add(address);
            return null;
        }, _answer is { } answer ? _ => answer : null));

    private string? Run(ValueList<string> command)
    {
        _run.Add(string.Join(' ', command));
        return _faults-- > 0 ? "it ended with 1" : null;
    }

    private List<string> Files() =>
        [.. Directory.EnumerateFiles(At("etc"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_machine.Root, file)).Order(StringComparer.Ordinal)];

    private void Boot(string id, int up)
    {
        Write("proc/sys/kernel/random/boot_id", $"{id}\n");
        Write("proc/uptime", $"{up}.00 1.00\n");
    }

    private string At(string path) => Path.Combine(_machine.Root, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }
}
