using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.SeatManager.Bus;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Bus;

public sealed class SeatsBusServiceTests : IAsyncLifetime
{
    private const string Properties = "org.freedesktop.DBus.Properties";
    private readonly PrivateBus _bus = new();
    private readonly FakeSeatService _seats = new();
    private BusConnection _client = null!;
    private IHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Left => SeatsBus.SeatPath("left");

    public async ValueTask InitializeAsync()
    {
        _client = BusConnection.OpenAddress(_bus.Address);
        _seats.Status = FakeSeatService.Of(FakeSeatService.Seat("left"));
        _host = BuildHost(_bus.Address, _seats);
        await _host.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client != null)
            await _client.DisposeAsync();
        if (_host != null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }
        _bus.Dispose();
    }

    private static IHost BuildHost(string address, ISeatService seats)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(seats).AddSeatsBus(address);
        return builder.Build();
    }

    private static BusCall OnSeat(string member, WriteBody? body = null) => new(SeatsBus.Name, Left, SeatsBus.Seat, member, body);

    [Fact]
    public async Task The_status_is_given_as_its_json_document()
    {
        var json = await _client.CallAsync(new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "GetStatus"), body => body.ReadString(), Cancellation);
        Assert.Equal(_seats.Status, JsonSerializer.Deserialize(json, StatusJson.Default.SeatsStatus));
    }

    [Fact]
    public async Task A_version_is_given() =>
        Assert.NotEmpty(await GetAsync(SeatsBus.Path, SeatsBus.Manager, "Version", body => body.ReadVariant("s", text => text.ReadString())));

    [Fact]
    public async Task Introspection_tells_of_both_interfaces_and_of_the_seats()
    {
        Assert.Contains("<node name=\"seat/left\"/>", (await IntrospectAsync(SeatsBus.Path)).Replace("<node name=\"seat\"/>", "<node name=\"seat/left\"/>", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("""<arg type="s" name="json" direction="out"/>""", await IntrospectAsync(SeatsBus.Path), StringComparison.Ordinal);
        Assert.Contains("""<arg type="s" name="target" direction="in"/>""", await IntrospectAsync(Left), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_object_manager_lists_each_seat_device_display_card_and_guest_with_its_properties()
    {
        _seats.Status = _seats.Status with { Guests = [new("work", GuestState.Off) { Saved = true }], Host = _seats.Status.Host with { Gpus = [new("0000:02:00.0", "amdgpu", "host")] } };
        await WaitForAsync("left");
        var managed = await _client.CallAsync(
            new(SeatsBus.Name, SeatsBus.Path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"),
            body => body.ReadDictionary("oa{sa{sv}}", interfaces => interfaces.ReadDictionary("sa{sv}", properties => properties.ReadDictionary("sv", Value))), Cancellation);
        Assert.Equal(
            [SeatsBus.Path + "/device/event4", SeatsBus.Path + "/display/card1_2dDP_2d1", SeatsBus.Path + "/gpu/_30000_3a01_3a00_2e0", SeatsBus.GpuPath("0000:02:00.0"), SeatsBus.Path + "/guest/work", Left], managed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Id"] = "port:1-2", ["Kind"] = "keyboard", ["Name"] = "Keyboard of the left", ["Path"] = "/dev/input/event4", ["Seat"] = "left", ["Reason"] = "host",
                ["Claim"] = "configured: port:1-2", ["Refused"] = "", ["Problem"] = "", ["UdevSeat"] = "",
            },
            managed[SeatsBus.Path + "/device/event4"][SeatsBus.Device]);
        Assert.Equal(("1920x1080", "left"), (managed[SeatsBus.Path + "/display/card1_2dDP_2d1"][SeatsBus.Display]["Mode"], managed[SeatsBus.Path + "/display/card1_2dDP_2d1"][SeatsBus.Display]["Seat"]));
        Assert.Equal("0", managed[SeatsBus.Path + "/display/card1_2dDP_2d1"][SeatsBus.Display]["Rotate"]);
        Assert.Equal(
            [("0000:01:00.0", "vfio-pci", "passthrough", "left"), ("0000:02:00.0", "amdgpu", "host", "")],
            managed.Values.Where(interfaces => interfaces.ContainsKey(SeatsBus.Gpu)).Select(interfaces => interfaces[SeatsBus.Gpu])
                .Select(gpu => (gpu["Address"], gpu["Driver"], gpu["Mode"], gpu["Seat"])).Order());
        Assert.Equal(new Dictionary<string, string> { ["Name"] = "work", ["State"] = "off", ["Saved"] = "True" }, managed[SeatsBus.Path + "/guest/work"][SeatsBus.Guest]);
        var seat = managed.Single(one => one.Key == Left);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["Name"] = "left", ["State"] = "active", ["Guest"] = "work", ["GuestState"] = "running", ["Focus"] = "work",
                ["Reach"] = "work,windows", ["Owner"] = "", ["Problems"] = "",
                ["RemoteSocket"] = "", ["RemoteListen"] = "", ["RemoteFingerprint"] = "", ["RemotePin"] = "", ["RemoteViewOnly"] = "False", ["RemoteViewers"] = "",
            },
            seat.Value[SeatsBus.Seat]);
    }

    [Fact]
    public async Task What_changed_in_a_seat_is_told_and_nothing_else()
    {
        var seen = Channel.CreateUnbounded<Dictionary<string, string>>();
        await _client.WatchSignalAsync(new(SeatsBus.Name, Left, Properties, "PropertiesChanged"), (_, body) =>
        {
            body.Skip("s");
            seen.Writer.TryWrite(body.ReadDictionary("sv", Value));
        });
        _seats.Status = FakeSeatService.Of(FakeSeatService.Seat("left") with { State = SeatState.Waiting, Guest = new("work", GuestState.Off), Focus = null });
        Assert.Equal(
            new Dictionary<string, string> { ["State"] = "waiting", ["GuestState"] = "off", ["Focus"] = "" }, await seen.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Who_sees_a_seat_from_elsewhere_is_told()
    {
        var seen = Channel.CreateUnbounded<Dictionary<string, string>>();
        await _client.WatchSignalAsync(new(SeatsBus.Name, Left, Properties, "PropertiesChanged"), (_, body) =>
        {
            body.Skip("s");
            seen.Writer.TryWrite(body.ReadDictionary("sv", Value));
        });
        _seats.Status = FakeSeatService.Of(FakeSeatService.Seat("left") with { Remote = new("/run/s", "0.0.0.0:5901", "alice", HasPassword: true, ViewOnly: true, "AB:CD", [new("user 1000", "work")]) { Pin = "q80=" } });
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["RemoteSocket"] = "/run/s", ["RemoteListen"] = "0.0.0.0:5901", ["RemoteFingerprint"] = "AB:CD", ["RemotePin"] = "q80=", ["RemoteViewOnly"] = "True", ["RemoteViewers"] = "user 1000 sees work",
            },
            await seen.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_said_of_a_remote_display_asks_polkit()
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Authorized = true;
        await _client.CallAsync(OnSeat("SetRemotePassword", body => body.Write("kept")), Cancellation);
        await _client.CallAsync(OnSeat("SetRemoteViewOnly", body => body.Write(true)), Cancellation);
        await _client.CallAsync(OnSeat("EndRemoteViewers"), Cancellation);
        Assert.Equal(["password left kept", "view-only left True", "send away left"], _seats.Done);
        Assert.Equal(["org.phyllome.seats1.remote", "org.phyllome.seats1.remote", "org.phyllome.seats1.remote"], polkit.Asked.Select(asked => asked.Action));
    }

    [Fact]
    public async Task Seats_come_and_go_as_objects()
    {
        var seen = Channel.CreateUnbounded<string>();
        await _client.WatchSignalAsync(new(SeatsBus.Name, SeatsBus.Path, "org.freedesktop.DBus.ObjectManager", null),
            (signal, body) => seen.Writer.TryWrite($"{signal.Member} {body.ReadObjectPath()}"));
        _seats.Status = FakeSeatService.Of(FakeSeatService.Seat("right-2"));
        Assert.Equal($"InterfacesRemoved {Left}", await seen.Reader.ReadAsync(Cancellation));
        Assert.Equal("InterfacesAdded /org/phyllome/Seats1/seat/right_2d2", await seen.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task A_burst_of_changes_gives_few_signals_and_the_last_is_the_newest()
    {
        var seen = Channel.CreateUnbounded<long>();
        await _client.WatchSignalAsync(new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "StatusChanged"),
            (_, body) => seen.Writer.TryWrite(JsonSerializer.Deserialize(body.ReadString(), StatusJson.Default.SeatsStatus)!.Host.EventsRouted));
        var status = _seats.Status;
        for (var count = 1; count <= 1000; count++)
            _seats.Status = status with { Host = status.Host with { EventsRouted = count } };
        var told = new List<long>();
        do
            told.Add(await seen.Reader.ReadAsync(Cancellation));
        while (told[^1] != 1000);
        Assert.InRange(told.Count, 1, 50);
    }

    [Fact]
    public async Task What_is_remembered_is_changed_where_polkit_allows_it_each_by_an_action_of_its_own()
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Authorized = true;
        await _client.CallAsync(OnManager("Assign", body => Write(body, "port:1-3", "left")), Cancellation);
        await _client.CallAsync(OnManager("AddSeat", body =>
        {
            Write(body, "third", "gamer", "");
            body.Write(["port:1-4"]);
        }), Cancellation);
        await _client.CallAsync(OnManager("RemoveSeat", body => Write(body, "third")), Cancellation);
        await _client.CallAsync(OnManager("TakeBack"), Cancellation);
        await _client.CallAsync(OnManager("Identify", body => body.Write(true)), Cancellation);
        Assert.Equal(["assign port:1-3 left", "add third gamer without [port:1-4]", "remove third", "take", "identify"], _seats.Done);
        Assert.Equal(
            [SeatsBus.ActionAssign, SeatsBus.ActionChangeSeats, SeatsBus.ActionChangeSeats, SeatsBus.ActionHostTake, SeatsBus.ActionChangeSeats], polkit.Asked.Select(asked => asked.Action));

        polkit.Authorized = false;
        var refused = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(OnManager("TakeBack"), Cancellation));
        Assert.Equal(SeatsBus.ErrorRefused, refused.Name);
        Assert.Equal(5, _seats.Done.Count);
        Assert.Equal(["would host take"], await _client.CallAsync(OnManager("Preview", body => body.Write(["host", "take"])), body => body.ReadStrings(), Cancellation));

        static void Write(MessageWriter body, params string[] values)
        {
            foreach (var value in values)
                body.Write(value);
        }
    }

    [Fact]
    public async Task When_devices_are_used_is_told_where_polkit_allows_it_alone()
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Authorized = true;
        var told = await _client.CallAsync(OnManager("GetTraffic"), body => body.ReadString(), Cancellation);
        Assert.Equal([0L, 2L], JsonSerializer.Deserialize(told, TrafficJson.Default.InputTraffic)!.Devices.Single().Latency);
        Assert.Equal(SeatsBus.ActionSeeTraffic, polkit.Asked.Single().Action);

        polkit.Authorized = false;
        var refused = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(OnManager("GetTraffic"), body => body.ReadString(), Cancellation));
        Assert.Equal(SeatsBus.ErrorRefused, refused.Name);
    }

    [Fact]
    public async Task The_owner_of_a_seat_needs_nobodys_leave_at_that_seat_alone()
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        _seats.Status = FakeSeatService.Of(FakeSeatService.Seat("left") with { Owner = Environment.UserName }, FakeSeatService.Seat("right") with { Owner = "nobody" });
        await WaitForAsync("right");
        await _client.CallAsync(OnSeat("Start"), Cancellation);
        Assert.Equal(["start left"], _seats.Done);
        Assert.Empty(polkit.Asked);
        await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(new(SeatsBus.Name, SeatsBus.SeatPath("right"), SeatsBus.Seat, "Start"), Cancellation));
        Assert.Single(polkit.Asked);
    }

    [Fact]
    public async Task Busctl_reads_the_whole_interface()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/busctl"), "busctl is not installed");
        var manager = await BusctlAsync("introspect", SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager);
        foreach (var member in new[] { ".AddSeat method sssas -", ".Assign method ss -", ".GetStatus method - s", ".GetTraffic method - s", ".Identify method b -", ".Preview method as as", ".RemoveSeat method s -", ".TakeBack method - -", ".StatusChanged signal s -" })
            Assert.Contains(member, manager, StringComparison.Ordinal);
        var seat = await BusctlAsync("introspect", SeatsBus.Name, Left, SeatsBus.Seat);
        foreach (var member in new[] { ".Focus method s -", ".Start method - -", ".Stop method - -", ".State property s \"active\" emits-change", ".Name property s \"left\" emits-change" })
            Assert.Contains(member, seat, StringComparison.Ordinal);
        Assert.Contains("as 1 \"would host take\"", await BusctlAsync("call", SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "Preview", "as", "2", "host", "take"), StringComparison.Ordinal);
    }

    private async Task<string> BusctlAsync(params string[] arguments)
    {
        using var busctl = Process.Start(new ProcessStartInfo("/usr/bin/busctl", [$"--address={_bus.Address}", "--no-pager", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (busctl.StandardOutput.ReadToEndAsync(Cancellation), busctl.StandardError.ReadToEndAsync(Cancellation));
        await busctl.WaitForExitAsync(Cancellation);
        Assert.True(busctl.ExitCode == 0, await error);
        return System.Text.RegularExpressions.Regex.Replace(await output, " +", " ");
    }

    /// <summary>Until the seat is an object on the bus.</summary>
    private async Task WaitForAsync(string seat)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _client.WatchSignalAsync(new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, "StatusChanged"), (_, body) =>
        {
            if (JsonSerializer.Deserialize(body.ReadString(), StatusJson.Default.SeatsStatus)!.Seats.Any(one => one.Name == seat))
                seen.TrySetResult();
        });
        // What was told before it was listened to is told again with the next change.
        _seats.Status = _seats.Status with { Host = _seats.Status.Host with { EventsRouted = 1 } };
        await seen.Task.WaitAsync(Cancellation);
    }

    private static BusCall OnManager(string member, WriteBody? body = null) => new(SeatsBus.Name, SeatsBus.Path, SeatsBus.Manager, member, body);

    [Fact]
    public async Task A_change_that_polkit_allows_is_done()
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Authorized = true;
        await _client.CallAsync(OnSeat("Start"), Cancellation);
        await _client.CallAsync(OnSeat("Stop") with { AllowInteraction = true }, Cancellation);
        await _client.CallAsync(OnSeat("Focus", body => body.Write("windows")), Cancellation);
        Assert.Equal(["start left", "stop left", "focus left windows"], _seats.Done);
        Assert.Equal(
            [("org.phyllome.seats1.manage-seats", 0u), ("org.phyllome.seats1.manage-seats", 1u), ("org.phyllome.seats1.focus", 0u)],
            polkit.Asked.Select(asked => (asked.Action, asked.Flags)));
        Assert.All(polkit.Asked, asked => Assert.Equal("system-bus-name", asked.Subject));
        Assert.All(polkit.Asked, asked => Assert.StartsWith(":", asked.Name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_that_polkit_denies_is_refused(bool challenge)
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Challenge = challenge;
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(OnSeat("Start"), Cancellation));
        Assert.Equal(SeatsBus.ErrorRefused, fault.Name);
        Assert.StartsWith("Can't start seat left: polkit ", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_seats.Done);
    }

    [Fact]
    public async Task Without_polkit_nobody_but_root_may_change_anything()
    {
        // As root, the call is made by another user's program; otherwise by this one.
        if (Environment.IsPrivilegedProcess)
        {
            await _client.CallAsync(OnSeat("Start"), Cancellation);
            Assert.Equal(["start left"], _seats.Done);
            var (code, output) = await CallAsNobodyAsync();
            Assert.NotEqual(0, code);
            Assert.Contains(SeatsBus.ErrorRefused, output, StringComparison.Ordinal);
            Assert.Contains("Can't stop seat left: polkit can't be asked whether you may", output, StringComparison.Ordinal);
            Assert.Equal(["start left"], _seats.Done);
        }
        else
        {
            var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(OnSeat("Stop"), Cancellation));
            Assert.Equal(SeatsBus.ErrorRefused, fault.Name);
            Assert.Empty(_seats.Done);
        }
    }

    [Theory]
    [InlineData(Refusal.Failed, SeatsBus.ErrorFailed)]
    [InlineData(Refusal.NotThere, SeatsBus.ErrorNotThere)]
    [InlineData(Refusal.AgainstPolicy, SeatsBus.ErrorRefused)]
    public async Task A_refusal_keeps_its_kind_and_sentence(Refusal refusal, string error)
    {
        await using var polkit = await FakePolkit.StartAsync(_bus.Address);
        polkit.Authorized = true;
        _seats.Work = () => throw new SeatRefusedException(refusal, "Seat left has no such guest.");
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(OnSeat("Focus", body => body.Write("x")), Cancellation));
        Assert.Equal((error, "Seat left has no such guest."), (fault.Name, fault.Message));
    }

    [Fact]
    public async Task A_second_manager_does_not_start()
    {
        using var second = BuildHost(_bus.Address, _seats);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartAsync(Cancellation));
        Assert.StartsWith("The seats can't be served on D-Bus: The name org.phyllome.Seats1 is taken", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_bus_is_lost_the_host_stops_with_a_failure()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        _bus.Stop();
        await stopping.Task.WaitAsync(Cancellation);
        Assert.Equal(1, Environment.ExitCode);
        // The test run's own outcome is not this.
        Environment.ExitCode = 0;
    }

    private static string Value(MessageReader value)
    {
        var contents = value.Peek().Contents!;
        return value.ReadVariant(contents, inner => contents switch { "as" => string.Join(',', inner.ReadStrings()), "b" => inner.ReadBoolean().ToString(), "u" => inner.ReadUInt32().ToString(CultureInfo.InvariantCulture), _ => inner.ReadString() });
    }

    private Task<T> GetAsync<T>(string path, string @interface, string property, ReadBody<T> read) => _client.CallAsync(
        new(SeatsBus.Name, path, Properties, "Get", body =>
        {
            body.Write(@interface);
            body.Write(property);
        }),
        read, Cancellation);

    private Task<string> IntrospectAsync(string path) => _client.CallAsync(
        new(SeatsBus.Name, path, "org.freedesktop.DBus.Introspectable", "Introspect"), body => body.ReadString(), Cancellation);

    private async Task<(int Code, string Output)> CallAsNobodyAsync()
    {
        var start = new ProcessStartInfo("setpriv") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DBUS_SESSION_BUS_ADDRESS"] = _bus.Address;
        foreach (var argument in new[]
        {
            "--reuid=65534", "--regid=65534", "--clear-groups", "dbus-send", "--session", "--print-reply", $"--dest={SeatsBus.Name}", Left, $"{SeatsBus.Seat}.Stop",
        })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + errors);
    }
}
