using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.SeatManager.Tests.Devices;
using Phyllome.Seats.SeatManager.Tests.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Whole;

/// <summary>
/// What 64 seats cost at rest. On request, compiled as the manager's unit has it:
/// <c>DOTNET_TC_CallCountThreshold=2710 dotnet run -c Release --project tests/SeatManager.Tests -- --explicit only --output Detailed</c>.
/// The memory is that of the whole test program, with the test's router, its helper and libvirt's test machine: more than the manager's.
/// </summary>
[Collection("test:///default")]
public sealed class SixtyFourSeats(ITestOutputHelper output)
{
    private const int Seats = 64;

    [Fact(Explicit = true)]
    public async Task At_rest_should_take_less_than_150_MB_and_no_processor()
    {
        using var scratch = new Scratch();
        using var bus = new PrivateBus();
        using var router = new FakeRouter(scratch["router.sock"]);
        using var helper = new FakeHelper(scratch["helper.sock"], router);
        using var libvirt = LibvirtConnection.Open("test:///default");
        for (var seat = 1; seat <= Seats; seat++)
            libvirt.Define($"<domain type='test'><name>g{seat}</name><memory>8192</memory><os><type>hvm</type></os></domain>").Dispose();
        Directory.CreateDirectory(scratch["sys"]);
        await File.WriteAllTextAsync(
            scratch["seats.toml"], string.Concat(Enumerable.Range(1, Seats).Select(seat => $"[[seat]]\nname='s{seat}'\nguests=['g{seat}']\ndevices=['port:1-{seat}']\n")),
            TestContext.Current.CancellationToken);
        using var devices = new FakeDevices([.. Enumerable.Range(1, Seats).SelectMany(Keyboard)]);

        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLogging();
        builder.Services.AddManager(new(scratch.Path, scratch["seats.toml"], scratch.Path, scratch.Path, "test:///default", scratch["sys"]) { BusAddress = bus.Address }, devices);
        using var manager = builder.Build();
        var began = Stopwatch.GetTimestamp();
        await manager.StartAsync(TestContext.Current.CancellationToken);
        var service = manager.Services.GetRequiredService<ISeatService>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // When each guest has the seat's inputs, the last step of forming is done.
        void Look()
        {
            if (service.Status.Seats.Count == Seats && service.Status.Seats.All(seat => seat.State == SeatState.Active)
                && router.State.Sinks.Count == 2 * Seats && router.State.Sinks.All(sink => sink.Live))
                all.TrySetResult();
        }
        service.StatusChanged += _ => Look();
        router.Changed += Look;
        Look();
        await all.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        var formed = Stopwatch.GetElapsedTime(began);

        // The end of forming, and the compiler's second thoughts about what it was busy with, are in the first of two looks.
        var used = new TimeSpan[2];
        var threads = ThreadUse.None;
        for (var look = 0; look < used.Length; look++)
        {
            threads = ThreadUse.Read();
            var before = Environment.CpuUsage.TotalTime;
            await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            used[look] = Environment.CpuUsage.TotalTime - before;
        }

        threads = ThreadUse.Read().Since(threads);
        using var process = Process.GetCurrentProcess();
        output.WriteLine($"{Seats} seats active after {formed.TotalSeconds:0.0} s; at rest {process.WorkingSet64 >> 20} MB, {used[1].TotalMilliseconds:0} ms of processor time in 20 s, after {used[0].TotalMilliseconds:0} ms in those before");
        output.WriteLine($"its threads woke {threads.Wakes} times meanwhile: {threads}");
        Assert.True(process.WorkingSet64 < 150 << 20);
        Assert.True(used[1] < TimeSpan.FromMilliseconds(200));
        await manager.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(router.Failures);
        Assert.Empty(helper.Failures);
    }

    /// <summary>The virtual PC's keyboard of port 1-1, at another port.</summary>
    private static IEnumerable<Linux.Udev.UdevRecord> Keyboard(int port)
    {
        var text = port.ToString(CultureInfo.InvariantCulture);
        foreach (var record in UdevExport.Machine("virtual-pc").Where(record => record.SysPath.Contains("/usb1/1-1", StringComparison.Ordinal)))
            yield return new(Moved(record.SysPath), record.Subsystem, record.DevType, record.Properties.ToDictionary(pair => pair.Key, pair => Moved(pair.Value)));

        string Moved(string value) => value
            .Replace("1-1", $"1-{text}", StringComparison.Ordinal)
            .Replace("input5", $"input{1000 + port}", StringComparison.Ordinal)
            .Replace("event2", $"event{1000 + port}", StringComparison.Ordinal);
    }
}
