using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// How long a seat waits for a clone of a template that is frozen, whatever the size of its disk, by a real libvirtd. On request:
/// <c>dotnet run -c Release --project tests/VmBridge.Tests -- --explicit only --output Detailed</c>.
/// </summary>
public sealed class CloneCost : IDisposable
{
    private const int Rounds = 5;

    private readonly PrivateDaemon _daemon = new();
    private readonly LibvirtConnection _owner;

    public CloneCost()
    {
        Assert.SkipUnless(PrivateDaemon.HasQemu && PrivateDaemon.HasStorage, "libvirtd with its drivers of QEMU and storage is not installed here");
        _daemon.Start();
        _owner = _daemon.ConnectAsync().GetAwaiter().GetResult();
    }

    [Theory(Explicit = true)]
    [InlineData(64L << 20)]
    [InlineData(8L << 30)]
    [InlineData(1L << 40)]
    public void A_clone_is_ready_within_a_second(long size)
    {
        var disk = $"{_daemon.MakeFolder("disks")}/base.img";
        using (var file = File.Create(disk))
        {
            file.SetLength(size);
            file.Seek(size / 2, SeekOrigin.Begin);
            file.Write("in the middle"u8);
        }

        PrivateDaemon.Give(disk);
        using var defined = _owner.Define(ClonedDisks.Definition("base", disk, "raw"));
        var cloner = new GuestCloner(_owner);
        cloner.Clone("base", "frozen", _ => { }, TestContext.Current.CancellationToken);
        var times = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            cloner.Clone("base", $"clone{round}", _ => Assert.Fail("copied again"), TestContext.Current.CancellationToken);
            times.Add(clock.Elapsed);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{size >> 20} MiB: {times.Order().ElementAt(Rounds / 2).TotalMilliseconds:0} ms, {times.Max().TotalMilliseconds:0} ms at most"));
        Assert.InRange(times.Max(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        _owner?.Dispose();
        _daemon.Dispose();
    }
}
