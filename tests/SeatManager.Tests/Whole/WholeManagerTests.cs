using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Tests.Devices;
using Phyllome.Seats.SeatManager.Tests.Routing;
using Phyllome.Seats.SeatManager.Tests.Sleeping;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Whole;

/// <summary>
/// The whole manager in this process: its own sockets, its own configuration file, libvirt's test driver, and a machine out of
/// tests/data/udev. The router and the helper at the other end of the sockets are the test's.
/// </summary>
[Collection("test:///default")]
public sealed class WholeManagerTests : IDisposable
{
    private const string Configuration = "[[seat]]\nname = \"left\"\nguests = [\"test\"]\ndevices = [\"port:1-1\", \"port:1-2\"]\n";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();
    private readonly FakeRouter _router;
    private readonly FakeHelper _helper, _gpuHelper;
    private readonly PrivateBus _logind = new();
    private readonly FakeDevices _devices = new(UdevExport.Machine("virtual-pc"));

    /// <summary>Keeps libvirt's test machine, which is one for all connections of this process and begins anew when the last one closes.</summary>
    private readonly LibvirtConnection _libvirt = LibvirtConnection.Open("test:///default");

    public WholeManagerTests()
    {
        _router = new(_scratch["router.sock"]);
        _helper = new(_scratch["helper.sock"], _router);
        _gpuHelper = new(_scratch["gpu-helper.sock"], _router);
        Directory.CreateDirectory(_scratch["sys"]);
        File.WriteAllText(_scratch["seats.toml"], Configuration);
        using var guest = Guest();
        if (guest.IsActive)
            guest.Destroy();
    }

    public void Dispose()
    {
        Assert.Empty(_router.Failures);
        Assert.Empty(_helper.Failures);
        Assert.Empty(_gpuHelper.Failures);
        _libvirt.Dispose();
        _logind.Dispose();
        _helper.Dispose();
        _gpuHelper.Dispose();
        _router.Dispose();
        _devices.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_seat_should_become_active_and_a_manager_that_starts_again_should_change_nothing()
    {
        using (var manager = await StartAsync())
        {
            var seat = await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
            Assert.Equal(("test", 2, 0), (seat.Focus, seat.Devices.Count, seat.Problems.Count));
            using var guest = Guest();
            Assert.True(guest.IsActive);
            Assert.All(_router.State.Sinks, sink => Assert.Contains($"/dev/input/event{sink.Event}", guest.GetXml(DomainXml.None), StringComparison.Ordinal));
            Assert.DoesNotContain("/dev/input", guest.GetXml(DomainXml.Inactive), StringComparison.Ordinal);
            Assert.Equal(
                new HashSet<HelperOperation>
                {
                    new OpenSourceNode(5, 2), new OpenSourceNode(6, 3),
                    new CreateSinkNode(guest.Uuid, "test", SinkKind.Keyboard), new CreateSinkNode(guest.Uuid, "test", SinkKind.Pointer),
                },
                _helper.Operations.ToHashSet());
            Assert.Equal(4, _helper.Operations.Count);
            Assert.Equal([new RouterSeat("left", new([5, 6], [guest.Uuid]), guest.Uuid)], _router.State.Seats);
            await manager.StopAsync(TestContext.Current.CancellationToken);
        }

        var (state, requests) = (_router.State, _router.Requests.Count);
        using (var manager = await StartAsync())
        {
            await SeatAsync(manager, seat => seat.State == SeatState.Active);
            await manager.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((state, requests, 4), (_router.State, _router.Requests.Count, _helper.Operations.Count));
    }

    [Fact]
    public async Task A_guest_that_was_shut_down_should_stay_off_when_the_manager_starts_again()
    {
        using (var first = await StartAsync())
        {
            await SeatAsync(first, seat => seat.State == SeatState.Active && AllLive);
            using var guest = Guest();
            guest.Shutdown();
            await SeatAsync(first, seat => seat.State == SeatState.Waiting);
            await first.StopAsync(TestContext.Current.CancellationToken);
        }

        using var second = await StartAsync();
        await SeatAsync(second, seat => seat.State == SeatState.Waiting);
        await second.Services.GetRequiredService<ISeatService>().StartSeatAsync("left", TestContext.Current.CancellationToken);
        await SeatAsync(second, seat => seat.State == SeatState.Active);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_guest_should_be_paused_while_the_host_sleeps_and_go_on_when_it_wakes()
    {
        await using var logind = await FakeLogind.StartAsync(_logind.Address);
        using var manager = await StartAsync();
        await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
        Assert.Equal(("idle", "seat left is in use"), await logind.NextAsync() is var idle ? (idle.What, idle.Why) : default);
        var delay = await logind.NextAsync();

        await logind.PrepareForSleepAsync(true);
        await delay.ReleasedAsync();
        using var guest = Guest();
        Assert.Equal(DomainState.Paused, guest.State);
        await idle.ReleasedAsync();

        await logind.PrepareForSleepAsync(false);
        await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
        Assert.Equal(["idle", "sleep"], new[] { await logind.NextAsync(), await logind.NextAsync() }.Select(taken => taken.What).Order());
        Assert.Equal(DomainState.Running, guest.State);
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_passed_of_each_device_should_be_told_with_its_seat_and_refused_where_the_router_does_not_answer()
    {
        using var manager = await StartAsync();
        await SeatAsync(manager, seat => seat.State == SeatState.Active && _router.State.Sources.Count == 2);
        var service = manager.Services.GetRequiredService<ISeatService>();
        var traffic = await service.CountTrafficAsync(TestContext.Current.CancellationToken);
        Assert.Equal([("left", "/dev/input/event2", 50L), ("left", "/dev/input/event3", 60L)], traffic.Devices.Select(device => (device.Seat, device.Path, device.Events)));

        _router.Deaf = true;
        await Assert.ThrowsAsync<SeatRefusedException>(() => service.CountTrafficAsync(TestContext.Current.CancellationToken));
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_device_that_is_pulled_and_plugged_again_should_come_back_to_its_seat()
    {
        using var manager = await StartAsync();
        await SeatAsync(manager, seat => seat.State == SeatState.Active);
        _devices.Pull("/sys/devices/pci0000:00/0000:00:04.0/usb1/1-1");
        _router.Lose(5);
        await SeatAsync(manager, seat => seat.Devices.Count == 1);
        _devices.PlugAll();
        await SeatAsync(manager, seat => seat.State == SeatState.Active && seat.Devices.Count == 2 && _router.State.Sources.Any(source => source.Input == 5));
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_device_that_cannot_be_taken_should_be_said_with_its_reason_and_taken_once_it_can_be()
    {
        _helper.Busy = 6;
        using var manager = await StartAsync();
        var seat = await SeatAsync(manager, seat => seat.Problems.Any(problem => problem.Contains("/dev/input/event3 is grabbed by another program", StringComparison.Ordinal)));
        Assert.Contains("is grabbed", seat.Devices.Single(device => device.Problem is not null).Problem, StringComparison.Ordinal);
        await SeatAsync(manager, seat => seat.State == SeatState.Active && seat.Problems.Count == 1);
        _helper.Busy = null;
        await SeatAsync(manager, seat => seat.State == SeatState.Active && seat.Problems.Count == 0);
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task With_no_configuration_a_keyboard_and_a_mouse_make_a_seat_that_a_manager_which_starts_again_remembers()
    {
        const string Hub = "/sys/devices/pci0000:00/0000:00:04.0/usb1/1-3";
        File.Delete(_scratch["seats.toml"]);
        FreeCard("0000:01:00.0");
        _devices.Pull(Hub);
        using (var first = await StartAsync())
        {
            await StatusAsync(first, status => status is { Seats.Count: 0, Unassigned.Count: > 0 });
            Assert.Empty(_helper.Operations);
            _devices.PlugAll();
            var seat = await SeatAsync(first, seat => seat.State == SeatState.Active && AllLive && seat.Devices.Count == 2);
            Assert.Equal(("seat1", "test", "0000:01:00.0"), (seat.Name, seat.Focus, seat.Gpu!.Address));
            Assert.Equal([new TakeGpu("0000:01:00.0", Named: true)], _gpuHelper.Operations);
            Assert.Equal(["port:1-3.1", "port:1-3.2"], seat.Devices.Select(device => device.Id));
            await first.StopAsync(TestContext.Current.CancellationToken);
        }

        var (state, requests) = (_router.State, _router.Requests.Count);
        using var second = await StartAsync();
        await SeatAsync(second, seat => seat is { Name: "seat1", State: SeatState.Active, Devices.Count: 2 });
        Assert.Equal((state, requests), (_router.State, _router.Requests.Count));
        _devices.Pull(Hub);
        foreach (var source in state.Sources)
            _router.Lose(source.Input);
        await SeatAsync(second, seat => seat.State == SeatState.Away);
        _devices.PlugAll();
        await SeatAsync(second, seat => seat.State == SeatState.Active && _router.State.Sources.Count == 2);
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_a_seat_has_should_be_off_the_host_by_udevs_rules_until_the_host_takes_it_back()
    {
        var rules = _helper.HostRules = _scratch["rules.d/72-devices.rules"];
        using (var first = await StartAsync())
        {
            await SeatAsync(first, seat => seat.State == SeatState.Active && File.Exists(rules));
            Assert.Contains("KERNELS==\"1-1|1-1.*\", ENV{ID_SEAT}=\"seat-left\"", await File.ReadAllTextAsync(rules, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await first.Services.GetRequiredService<ISeatService>().TakeBackAsync(TestContext.Current.CancellationToken);
            await SeatAsync(first, seat => seat.State == SeatState.Away && !File.Exists(rules));
            await first.Services.GetRequiredService<ISeatService>().StartSeatAsync("left", TestContext.Current.CancellationToken);
            await SeatAsync(first, seat => seat.State == SeatState.Active && File.Exists(rules));
            await first.StopAsync(TestContext.Current.CancellationToken);
        }

        var operations = _helper.Operations.Count;
        using var second = await StartAsync();
        await SeatAsync(second, seat => seat.State == SeatState.Active);
        Assert.Equal(operations, _helper.Operations.Count);
        // Somebody removes them: they are wanted all the same.
        File.Delete(rules);
        await StatusAsync(second, _ => File.Exists(rules));
        await second.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>With a router, a helper and libvirt's test driver that take no time of their own: the time is the manager's. Until it is told that the guest runs.</summary>
    [Fact(Explicit = true)]
    public async Task From_the_plug_to_the_start_of_the_guest_should_take_less_than_300_ms()
    {
        const string Hub = "/sys/devices/pci0000:00/0000:00:04.0/usb1/1-3";
        File.Delete(_scratch["seats.toml"]);
        FreeCard("0000:01:00.0");
        var times = new List<double>();
        for (var round = 0; round < 20; round++)
        {
            File.Delete(_scratch["memory"]);
            File.Delete(_scratch["started"]);
            _devices.Pull(Hub);
            using var manager = await StartAsync();
            await StatusAsync(manager, status => status is { Seats.Count: 0, Unassigned.Count: > 0 });
            var plugged = System.Diagnostics.Stopwatch.GetTimestamp();
            _devices.PlugAll();
            await SeatAsync(manager, seat => seat.Guest?.State == Phyllome.Seats.Guests.GuestState.Running);
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(plugged).TotalMilliseconds);
            await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
            await manager.Services.GetRequiredService<ISeatService>().RemoveSeatAsync("seat1", TestContext.Current.CancellationToken);
            using var guest = Guest();
            guest.Destroy();
            await StatusAsync(manager, status => status.Seats.Count == 0 && _router.State is { Sinks.Count: 0, Sources.Count: 0 });
            await manager.StopAsync(TestContext.Current.CancellationToken);
        }
        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"{times.Count} rounds: from {times[0]:0} to {times[^1]:0} ms, the median {times[times.Count / 2]:0} ms");
        Assert.True(times[^1] < 300);
    }

    [Fact]
    public async Task A_memory_that_is_damaged_should_be_made_anew_of_what_is_there()
    {
        await File.WriteAllTextAsync(_scratch["memory"], "nonsense", TestContext.Current.CancellationToken);
        using var manager = await StartAsync();
        await SeatAsync(manager, seat => seat.State == SeatState.Active);
        Assert.Equal("nonsense", await File.ReadAllTextAsync(_scratch["memory.damaged"], TestContext.Current.CancellationToken));
        Assert.Contains("port:1-1", await File.ReadAllTextAsync(_scratch["memory"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A graphics card bound to vfio-pci, in a group of its own.</summary>
    [Fact]
    public async Task A_card_that_cannot_be_split_should_be_asked_to_be_once_and_its_seat_go_on_without_and_say_why()
    {
        const string Card = "0000:01:00.0";
        FreeCard(Card);
        await File.WriteAllTextAsync(_scratch[$"sys/bus/pci/devices/{Card}/sriov_totalvfs"], "2\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_scratch["seats.toml"], $"{Configuration}gpu = \"vf:{Card}\"\n", TestContext.Current.CancellationToken);
        using var manager = await StartAsync();
        var seat = await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
        Assert.Contains($"guest 'test' is without the gpu vf:{Card}: the gpu {Card} is not split: its driver is busy", seat.Problems);
        Assert.Null(seat.Gpu);
        Assert.Equal([new SplitGpu(Card, 1)], _gpuHelper.Operations);
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    private void FreeCard(string address)
    {
        var card = Directory.CreateDirectory(_scratch[$"sys/bus/pci/devices/{address}"]).FullName;
        foreach (var (attribute, value) in (ReadOnlySpan<(string, string)>)[("class", "0x030000"), ("vendor", "0x1234"), ("device", "0x1111"), ("boot_vga", "0")])
            File.WriteAllText(Path.Combine(card, attribute), value + "\n");
        var members = Directory.CreateDirectory(_scratch["sys/kernel/iommu_groups/1/devices"]).FullName;
        File.CreateSymbolicLink(Path.Combine(card, "iommu_group"), Path.GetDirectoryName(members)!);
        File.CreateSymbolicLink(Path.Combine(members, address), card);
        File.CreateSymbolicLink(Path.Combine(card, "driver"), Directory.CreateDirectory(_scratch["sys/bus/pci/drivers/vfio-pci"]).FullName);
    }

    [Fact]
    public async Task A_bad_configuration_should_be_reported_and_leave_the_seat_as_it_is()
    {
        using var manager = await StartAsync();
        await SeatAsync(manager, seat => seat.State == SeatState.Active && AllLive);
        var (state, requests) = (_router.State, _router.Requests.Count);
        await File.WriteAllTextAsync(_scratch["seats.toml"], "[[seat]]\nname = 7\n", TestContext.Current.CancellationToken);
        var status = await StatusAsync(manager, status => status.Host.Configuration is not null);
        Assert.StartsWith($"{_scratch["seats.toml"]}:", status.Host.Configuration, StringComparison.Ordinal);
        Assert.Equal(SeatState.Active, Assert.Single(status.Seats).State);
        Assert.Equal((state, requests), (_router.State, _router.Requests.Count));
        await manager.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Requests_from_outside_should_be_done_or_refused_with_the_reason()
    {
        using var again = await StartAsync();
        await SeatAsync(again, seat => seat.State == SeatState.Active);
        var service = again.Services.GetRequiredService<ISeatService>();
        await service.FocusAsync("left", "home", TestContext.Current.CancellationToken);
        Assert.Contains(_router.Requests, request => request is SetFocus { Seat: "left" });
        Assert.Equal(Refusal.NotThere, (await RefusedAsync(service.FocusAsync("left", "nothing", TestContext.Current.CancellationToken))).Refusal);
        Assert.Equal(Refusal.NotThere, (await RefusedAsync(service.StartSeatAsync("right", TestContext.Current.CancellationToken))).Refusal);
        await service.StartSeatAsync("left", TestContext.Current.CancellationToken);

        await service.StopSeatAsync("left", TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat.State == SeatState.Waiting);
        await service.StartSeatAsync("left", TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat.State == SeatState.Active);
        await service.TakeBackAsync(TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat is { State: SeatState.Away, Devices.Count: 0 } && _router.State.Sources.Count == 0);
        Assert.Contains(await service.PreviewAsync(["seat", "start", "left"], TestContext.Current.CancellationToken), step => step.StartsWith("take /dev/input/event2", StringComparison.Ordinal));
        await service.StartSeatAsync("left", TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat is { State: SeatState.Active, Devices.Count: 2 });
        Assert.Equal(Refusal.AgainstPolicy, (await RefusedAsync(service.AssignAsync("port:1-1", "host", TestContext.Current.CancellationToken))).Refusal);
        Assert.Equal(Refusal.NotThere, (await RefusedAsync(service.AssignAsync("port:9-9", "left", TestContext.Current.CancellationToken))).Refusal);
        await service.AssignAsync("port:1-3.2", "left", TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat.Devices.Any(device => device is { Id: "port:1-3.2", Claim: "remembered: assigned by hand" }) && _router.State.Sources.Count == 3);
        await service.AssignAsync("port:1-3.2", "host", TestContext.Current.CancellationToken);
        await SeatAsync(again, seat => seat.Devices.Count == 2 && _router.State.Sources.Count == 2);
        Assert.Equal(Refusal.AgainstPolicy, (await RefusedAsync(service.RemoveSeatAsync("left", TestContext.Current.CancellationToken))).Refusal);
        Assert.Equal(Refusal.NotThere, (await RefusedAsync(service.AddSeatAsync("third", "nothing", null, [], TestContext.Current.CancellationToken))).Refusal);
        await again.StopAsync(TestContext.Current.CancellationToken);

        static Task<SeatRefusedException> RefusedAsync(Task task) => Assert.ThrowsAsync<SeatRefusedException>(() => task);
    }

    private bool AllLive => _router.State.Sinks is { Count: 2 } sinks && sinks.All(sink => sink.Live);

    private LibvirtDomain Guest() => _libvirt.ListDomains().Single(guest => guest.Name == "test");

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLogging();
        builder.Services.AddManager(
            new(_scratch.Path, _scratch["seats.toml"], _scratch.Path, _scratch.Path, "test:///default", _scratch["sys"]) { BusAddress = _logind.Address, HostRulesFile = _helper.HostRules }, _devices);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private async Task<SeatStatus> SeatAsync(IHost manager, Func<SeatStatus, bool> holds) =>
        (await StatusAsync(manager, status => status.Seats.Count == 1 && holds(status.Seats[0]))).Seats[0];

    private async Task<SeatsStatus> StatusAsync(IHost manager, Func<SeatsStatus, bool> holds)
    {
        var service = manager.Services.GetRequiredService<ISeatService>();
        var seen = new TaskCompletionSource<SeatsStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(SeatsStatus status)
        {
            if (holds(status))
                seen.TrySetResult(status);
        }

        void LookAgain() => Look(service.Status);

        service.StatusChanged += Look;
        _router.Changed += LookAgain;
        _helper.Changed += LookAgain;
        Look(service.Status);
        try
        {
            return await seen.Task.WaitAsync(Long, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"This did not come: {System.Text.Json.JsonSerializer.Serialize(service.Status, StatusJson.Default.SeatsStatus)}");
            throw;
        }
        finally
        {
            service.StatusChanged -= Look;
            _router.Changed -= LookAgain;
            _helper.Changed -= LookAgain;
        }
    }
}
