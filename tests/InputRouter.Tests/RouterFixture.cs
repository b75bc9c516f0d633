using System.Runtime.InteropServices;
using System.Text.Json;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// The router's real loop in a thread, on real sockets, with pipes as devices: all is real but the ioctls of <see cref="Devices"/>.
/// </summary>
internal sealed class RouterFixture : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("router");
    private readonly byte[] _buffer = new byte[SeqPacketSocket.LargestPacket];
    private readonly SeqPacketSocket _managers;
    private readonly SeqPacketSocket _devices;
    private readonly Router _router;
    private readonly Thread _thread;
    private long _nextId;

    public RouterFixture(params (string Name, FileDescriptor Descriptor)[] stored)
    {
        _managers = SeqPacketSocket.Listen(Path.Combine(_directory.FullName, "router"));
        _devices = SeqPacketSocket.Listen(Path.Combine(_directory.FullName, "devices"));
        _router = new(_managers, _devices, Devices, Store);
        foreach (var (name, descriptor) in stored)
            _router.Restore(name, descriptor);
        _thread = new(_router.Run);
        _thread.Start();
        Manager = Connect();
    }

    public FakeDevices Devices { get; } = new();

    public FakeStore Store { get; } = new();

    public SeqPacketSocket Manager { get; }

    public SeqPacketSocket Connect() => SeqPacketSocket.Connect(Path.Combine(_directory.FullName, "router"));

    /// <summary>Hands over one end of a pipe as a physical node.</summary>
    /// <returns>The end that the device's events are written to.</returns>
    public FileDescriptor GiveSource(int input, Errno expected = Errno.None)
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
            Assert.Equal(expected, HandOver(new GiveSource(input), read));
        return write;
    }

    /// <returns>The end that what the guest gets is read from.</returns>
    public FileDescriptor GiveSink(int input, Guid guest, SinkKind kind)
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (write)
            Assert.Equal(Errno.None, HandOver(new GiveSink(input, input + 1000, guest, kind), write));
        return read;
    }

    public Errno HandOver(HandOver given, FileDescriptor? descriptor) => HandOver(JsonSerializer.SerializeToUtf8Bytes(given, RoutingJson.Default.HandOver), descriptor);

    public Errno HandOver(ReadOnlySpan<byte> packet, FileDescriptor? descriptor)
    {
        using var helper = SeqPacketSocket.Connect(Path.Combine(_directory.FullName, "devices"));
        helper.Send(packet, descriptor);
        var length = helper.Receive(_buffer, Long, out _);
        return (Errno)JsonSerializer.Deserialize(_buffer.AsSpan(0, length), RoutingJson.Default.HandOverReply)!.Errno;
    }

    public RouterMessage Next(SeqPacketSocket? client = null)
    {
        var length = (client ?? Manager).Receive(_buffer, Long, out _);
        Assert.NotEqual(0, length);
        return JsonSerializer.Deserialize(_buffer.AsSpan(0, length), RoutingJson.Default.RouterMessage)!;
    }

    /// <summary>Sends a request and reads on to its answer.</summary>
    public RouterMessage Ask(Func<long, RouterRequest> request, List<RouterMessage>? meanwhile = null)
    {
        var id = ++_nextId;
        Manager.Send(JsonSerializer.SerializeToUtf8Bytes(request(id), RoutingJson.Default.RouterRequest));
        while (true)
        {
            var message = Next();
            if (message is RouterReply reply && reply.Id == id || message is StateReply state && state.Id == id)
                return message;
            meanwhile?.Add(message);
        }
    }

    public void Order(Func<long, RouterRequest> request) => Assert.Equal(RouterError.None, Assert.IsType<RouterReply>(Ask(request)).Error);

    public RouterState State() => Assert.IsType<StateReply>(Ask(id => new QueryState(id))).State;

    public static void Write(FileDescriptor device, params ReadOnlySpan<InputEvent> events) =>
        Assert.True(events.Length * InputEvent.Size == device.TryWrite(MemoryMarshal.AsBytes(events), out _));

    /// <summary>Waits for as many events.</summary>
    public static InputEvent[] Read(FileDescriptor sink, int count)
    {
        var events = new InputEvent[count];
        Read(sink, events);
        return events;
    }

    /// <summary>Waits until the buffer is full, and allocates nothing.</summary>
    public static void Read(FileDescriptor sink, Span<InputEvent> events)
    {
        var rest = MemoryMarshal.AsBytes(events);
        while (rest.Length > 0)
        {
            if (Poll.Wait(sink, PollEvents.In, Long) == PollEvents.None)
                Assert.Fail("nothing came from the router");
            rest = rest[Math.Max(0, sink.TryRead(rest, out _))..];
        }
    }

    /// <summary>Ends the loop as SIGTERM does.</summary>
    public void Stop()
    {
        _router.Stop();
        Assert.True(_thread.Join(Long));
    }

    public void Dispose()
    {
        Stop();
        _router.Dispose();
        Manager.Dispose();
        _managers.Dispose();
        _devices.Dispose();
        _directory.Delete(recursive: true);
    }
}

/// <summary>Pipes that answer like devices. What is set here holds for every source.</summary>
internal sealed class FakeDevices : IDeviceControl
{
    private KeySet _keys;

    public bool Grabbed { get; private set; }

    public Errno GrabFails { get; set; }

    public Errno PrepareFails { get; set; }

    public void SetDown(int code, bool down)
    {
        lock (this)
            _ = down ? _keys.Add(code) : _keys.Remove(code);
    }

    public Errno PrepareSource(FileDescriptor node) => PrepareFails;

    public Errno CheckSink(FileDescriptor uinput) => Errno.None;

    public Errno Grab(FileDescriptor node)
    {
        Grabbed = GrabFails == Errno.None;
        return GrabFails;
    }

    public Errno Ungrab(FileDescriptor node)
    {
        Grabbed = false;
        return Errno.None;
    }

    public Errno ReadKeys(FileDescriptor node, ref KeySet keys)
    {
        lock (this)
            keys = _keys;
        return Errno.None;
    }

    public Errno Destroy(FileDescriptor uinput) => Errno.None;
}

/// <summary>Remembers the names that are kept.</summary>
internal sealed class FakeStore : IDescriptorStore
{
    public HashSet<string> Names { get; } = [];

    public void Keep(string name, FileDescriptor descriptor)
    {
        Assert.DoesNotContain(':', name);
        Assert.True(Names.Add(name));
    }

    public void Forget(string name) => Names.Remove(name);
}
