using System.Diagnostics;
using System.Threading.Channels;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Systemd;

public sealed class BusConnectionTests : IAsyncLifetime
{
    private const string Name = "org.example.Lamp1", Path = "/org/example/Lamp1", Room = Path + "/room";
    private readonly PrivateBus _bus = new();
    private BusConnection _server = null!;
    private BusConnection _client = null!;
    private string _colour = "red";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = BusConnection.OpenAddress(_bus.Address);
        _client = BusConnection.OpenAddress(_bus.Address);
        await _server.ExportObjectManagerAsync(Path);
        await _server.ExportAsync(Path, Lamp);
        await _server.RequestNameAsync(Name, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server != null)
            await _server.DisposeAsync();
        if (_client != null)
            await _client.DisposeAsync();
        _bus.Dispose();
    }

    private BusInterface Lamp => new(
        Name,
        [
            new("Echo", [new("text", "s"), new("number", "i"), new("on", "b"), new("words", "as")], [new("text", "s")], (_, arguments) =>
            {
                var said = $"{arguments.ReadString()} {arguments.ReadInt32()} {arguments.ReadBoolean()} {string.Join('+', arguments.ReadStrings())}";
                return Task.FromResult<WriteBody?>(body => body.Write(said));
            }),
            new("Refuse", [], [], (_, _) => Task.FromException<WriteBody?>(new BusException(Name + ".Error.Broken", "The lamp is broken."))),
            new("Throw", [], [], (_, _) => throw new InvalidOperationException("The handler threw.")),
            new("Later", [], [new("text", "s")], (_, _) => LaterAsync()),
            new("Open", [], [new("file", "h")], (_, _) =>
            {
                var file = FileDescriptor.OpenReadWrite("/dev/zero", nonBlocking: false);
                return Task.FromResult<WriteBody?>(body =>
                {
                    body.Write(file);
                    file.Dispose();
                });
            }),
            new("Never", [], [], (_, _) => new TaskCompletionSource<WriteBody?>().Task),
            new("Lie", [], [new("text", "s")], (_, _) => Task.FromResult<WriteBody?>(body => body.Write(42))),
            new("WhoAmI", [], [new("sender", "s"), new("interactive", "b")], (caller, _) => Task.FromResult<WriteBody?>(body =>
            {
                body.Write(caller.Sender!);
                body.Write(caller.AllowInteraction);
            })),
        ],
        [new("Colour", "s", body => body.Write(_colour)), new("Maker", "s", body => body.Write("Example"), Changes: false)],
        [new("Flickered", [new("times", "u")])]);

    private static async Task<WriteBody?> LaterAsync()
    {
        await Task.Yield();
        return body => body.Write("later");
    }

    private static BusCall Call(string member, WriteBody? body = null) => new(Name, Path, Name, member, body);

    [Fact]
    public async Task A_descriptor_comes_open_and_is_ours()
    {
        using var file = await _client.CallAsync(Call("Open"), body => body.ReadDescriptor(), Cancellation);
        byte[] read = [1, 2];
        Assert.Equal(2, file.TryRead(read, out _));
        Assert.Equal([0, 0], read);
    }

    [Fact]
    public async Task A_call_carries_its_arguments_and_brings_the_answer()
    {
        var call = Call("Echo", body =>
        {
            body.Write("grüße");
            body.Write(-7);
            body.Write(true);
            body.Write(["a", "b"]);
        });
        Assert.Equal("grüße -7 True a+b", await _client.CallAsync(call, body => body.ReadString(), Cancellation));
    }

    [Fact]
    public async Task An_answer_may_come_later() =>
        Assert.Equal("later", await _client.CallAsync(Call("Later"), body => body.ReadString(), Cancellation));

    [Fact]
    public async Task An_error_keeps_its_name_and_sentence()
    {
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Refuse"), Cancellation));
        Assert.Equal((Name + ".Error.Broken", "The lamp is broken."), (fault.Name, fault.Message));
    }

    [Theory]
    [InlineData("Throw", "The handler threw.")]
    [InlineData("Lie", null)]
    public async Task A_faulty_handler_gives_an_error_and_the_server_lives_on(string member, string? sentence)
    {
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call(member), Cancellation));
        if (sentence != null)
            Assert.Equal((BusErrors.Failed, sentence), (fault.Name, fault.Message));
        Assert.Equal("later", await _client.CallAsync(Call("Later"), body => body.ReadString(), Cancellation));
    }

    [Fact]
    public async Task Wrong_arguments_are_refused_before_the_handler()
    {
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Echo", body => body.Write(1)), Cancellation));
        Assert.Equal(BusErrors.InvalidArgs, fault.Name);
    }

    [Fact]
    public async Task An_answer_of_another_type_is_an_error_and_no_crash()
    {
        await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Later"), body => body.ReadUInt32(), Cancellation));
        Assert.Equal("later", await _client.CallAsync(Call("Later"), body => body.ReadString(), Cancellation));
    }

    [Fact]
    public async Task A_call_ends_at_its_deadline()
    {
        var fault = await Assert.ThrowsAsync<BusException>(
            () => _client.CallAsync(Call("Never") with { Deadline = TimeSpan.FromMilliseconds(50) }, Cancellation));
        Assert.Contains(fault.Name, new[] { BusErrors.NoReply, "org.freedesktop.DBus.Error.Timeout" });
    }

    [Fact]
    public async Task A_call_can_be_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var call = _client.CallAsync(Call("Never"), stop.Token);
        await _client.CallAsync(Call("Later"), Cancellation);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("later", await _client.CallAsync(Call("Later"), body => body.ReadString(), Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_callee_knows_who_calls_and_whether_it_may_ask(bool interactive)
    {
        var (sender, allowed) = await _client.CallAsync(
            Call("WhoAmI") with { AllowInteraction = interactive }, body => (body.ReadString(), body.ReadBoolean()), Cancellation);
        Assert.StartsWith(":", sender, StringComparison.Ordinal);
        Assert.Equal(interactive, allowed);
        Assert.Equal((uint)await ShellNumberAsync("id", "-u"), await _server.GetUserIdAsync(sender, Cancellation));
    }

    [Fact]
    public async Task A_signal_reaches_its_watcher_until_it_is_disposed()
    {
        var seen = Channel.CreateUnbounded<uint>();
        var watch = await _client.WatchSignalAsync(new(Name, Path, Name, "Flickered"), (_, body) => seen.Writer.TryWrite(body.ReadUInt32()));
        await _server.EmitSignalAsync(Path, Name, "Flickered", body => body.Write(3u));
        Assert.Equal(3u, await seen.Reader.ReadAsync(Cancellation));
        await watch.DisposeAsync();
        await _server.EmitSignalAsync(Path, Name, "Flickered", body => body.Write(4u));
        // The answer comes after the signal on the same connection.
        await _client.CallAsync(Call("Later"), Cancellation);
        Assert.False(seen.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_changed_property_is_told_with_its_value()
    {
        var seen = Channel.CreateUnbounded<Dictionary<string, string>>();
        await _client.WatchSignalAsync(new(Name, Path, "org.freedesktop.DBus.Properties", "PropertiesChanged"), (_, body) =>
        {
            body.Skip("s");
            seen.Writer.TryWrite(body.ReadDictionary("sv", value => value.ReadVariant("s", text => text.ReadString())));
        });
        _colour = "green";
        await _server.EmitPropertiesChangedAsync(Path, Name, ["Colour"]);
        Assert.Equal(new Dictionary<string, string> { ["Colour"] = "green" }, await seen.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task An_announced_object_comes_and_goes_in_the_object_manager()
    {
        var seen = Channel.CreateUnbounded<string>();
        await _client.WatchSignalAsync(new(Name, Path, "org.freedesktop.DBus.ObjectManager", null),
            (signal, body) => seen.Writer.TryWrite($"{signal.Member} {body.ReadObjectPath()}"));
        var room = await _server.ExportAsync(Room, Lamp, announce: true);
        Assert.Equal($"InterfacesAdded {Room}", await seen.Reader.ReadAsync(Cancellation));
        Assert.Contains(Room, await ManagedAsync());
        await room.DisposeAsync();
        Assert.Equal($"InterfacesRemoved {Room}", await seen.Reader.ReadAsync(Cancellation));
        Assert.DoesNotContain(Room, await ManagedAsync());
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Later") with { Path = Room }, Cancellation));
        Assert.Equal(BusErrors.UnknownObject, fault.Name);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_in_words()
    {
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.RequestNameAsync(Name, Cancellation));
        Assert.Equal("The name org.example.Lamp1 is taken on D-Bus by another program.", fault.Message);
    }

    [Fact]
    public async Task A_watched_name_is_seen_to_go_and_come_back()
    {
        var owners = Channel.CreateUnbounded<bool>();
        await _client.WatchNameAsync(Name, owner => owners.Writer.TryWrite(owner != null));
        Assert.True(await _client.NameHasOwnerAsync(Name, Cancellation));
        await _server.DisposeAsync();
        Assert.False(await owners.Reader.ReadAsync(Cancellation));
        await using var second = BusConnection.OpenAddress(_bus.Address);
        await second.RequestNameAsync(Name, Cancellation);
        Assert.True(await owners.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task When_the_bus_dies_calls_fail_and_the_connection_says_so()
    {
        var pending = _client.CallAsync(Call("Never"), Cancellation);
        await _client.CallAsync(Call("Later"), Cancellation);
        _bus.Stop();
        await Assert.ThrowsAsync<BusException>(() => pending);
        var fault = await Assert.ThrowsAsync<BusException>(() => _client.Ended);
        Assert.Equal(BusErrors.Disconnected, fault.Name);
        Assert.Equal(BusErrors.Disconnected, (await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Later"), Cancellation))).Name);
        await Assert.ThrowsAsync<BusException>(() => _client.WatchSignalAsync(new(null, Path, null, null), (_, _) => { }));
    }

    [Fact]
    public async Task A_handler_of_signals_that_throws_ends_the_connection_with_its_fault()
    {
        await _client.WatchSignalAsync(new(Name, Path, Name, "Flickered"), (_, _) => throw new InvalidOperationException("a bug"));
        await _server.EmitSignalAsync(Path, Name, "Flickered", body => body.Write(1u));
        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => _client.Ended)).Message);
    }

    [Fact]
    public async Task A_closed_connection_refuses_and_ends_without_a_fault()
    {
        await _client.DisposeAsync();
        await _client.Ended;
        Assert.Equal(BusErrors.Disconnected, (await Assert.ThrowsAsync<BusException>(() => _client.CallAsync(Call("Later"), Cancellation))).Name);
    }

    [Fact]
    public void An_address_where_nobody_listens_is_an_error_in_words()
    {
        var fault = Assert.Throws<BusException>(() => BusConnection.OpenAddress("unix:path=/nonexistent/socket"));
        Assert.StartsWith("can't connect to D-Bus at unix:path=/nonexistent/socket: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Task.Run(() => _client.CallAsync(
            Call("Echo", body =>
            {
                body.Write("n");
                body.Write(number);
                body.Write(false);
                body.Write(Array.Empty<string>());
            }),
            body => body.ReadString(), Cancellation))));
        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"n {number} False "), answers);
    }

    [Fact]
    public async Task Introspection_names_what_is_there()
    {
        var xml = await _client.CallAsync(
            new(Name, Path, "org.freedesktop.DBus.Introspectable", "Introspect"), body => body.ReadString(), Cancellation);
        foreach (var part in new[] { """<arg type="as" name="words" direction="in"/>""", """<property name="Colour" type="s" access="read">""", """<arg type="u" name="times"/>""" })
            Assert.Contains(part, xml, StringComparison.Ordinal);
    }

    private Task<List<string>> ManagedAsync() => _client.CallAsync(
        new(Name, Path, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"),
        body => body.ReadDictionary("oa{sa{sv}}", value => { value.Skip("a{sa{sv}}"); return true; }).Keys.ToList(), Cancellation);

    private static async Task<int> ShellNumberAsync(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true })!;
        return int.Parse(await process.StandardOutput.ReadToEndAsync(Cancellation), System.Globalization.CultureInfo.InvariantCulture);
    }
}
