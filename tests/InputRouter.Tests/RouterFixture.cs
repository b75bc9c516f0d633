using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// The router's real loop in a thread, on real sockets, with pairs of sockets as devices: all is real but the ioctls of <see cref="Devices"/>.
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

    /// <param name="before">One that was killed: this one goes on with what it stored.</param>
    public RouterFixture(RouterFixture? before = null)
    {
        Devices = before?.Devices ?? new();
        Store = before?.Store ?? new();
        _managers = SeqPacketSocket.Listen(Path.Combine(_directory.FullName, "router"));
        _devices = SeqPacketSocket.Listen(Path.Combine(_directory.FullName, "devices"));
        _router = new(_managers, _devices, Devices, Store);
        _router.Restore(Store.Take());
        _thread = new(_router.Run);
        _thread.Start();
        Manager = Connect();
    }

    public FakeDevices Devices { get; }

    public FakeStore Store { get; }

    public SeqPacketSocket Manager { get; }

    public SeqPacketSocket Connect() => SeqPacketSocket.Connect(Path.Combine(_directory.FullName, "router"));

    /// <summary>Hands over one end of a pair as a physical node.</summary>
    /// <returns>The end that the device's events are written to.</returns>
    public FileDescriptor GiveSource(int input, Errno expected = Errno.None) => Give(new GiveSource(input), expected);

    /// <returns>The end that what the guest gets is read from, and what it sends back is written to.</returns>
    public FileDescriptor GiveClone(int input, Guid guest, string of) => Give(new GiveSink(input, input + 1000, guest, SinkKind.Clone) { CloneOf = of });

    /// <returns>The end that what the guest gets is read from.</returns>
    public FileDescriptor GiveSink(int input, Guid guest, SinkKind kind) => Give(new GiveSink(input, input + 1000, guest, kind));

    /// <returns>The end that what the sink's own node would be read by others is written to.</returns>
    public FileDescriptor GiveSinkNode(int input) => Give(new GiveSinkNode(input));

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
            if (message is RouterReply reply && reply.Id == id || message is StateReply state && state.Id == id || message is CountersReply counters && counters.Id == id)
                return message;
            meanwhile?.Add(message);
        }
    }

    public void Order(Func<long, RouterRequest> request) => Assert.Equal(RouterError.None, Assert.IsType<RouterReply>(Ask(request)).Error);

    /// <summary>The seat 'left', with these sources and the guests in its reach; the first of them has its focus, and runs.</summary>
    public void Seat(IEnumerable<int> sources, params Guid[] reach)
    {
        Order(id => new SetSeat(id, "left", new(sources.ToValueList(), [.. reach])));
        Order(id => new SetGuestLive(id, reach[0], true));
    }

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

    private FileDescriptor Give(HandOver given, Errno expected = Errno.None)
    {
        var (theirs, ours) = Devices.Pair();
        using (theirs)
            Assert.Equal(expected, HandOver(given, theirs));
        return ours;
    }

    /// <summary>May be called while it runs, since epoll may.</summary>
    public void Guard(TimeSpan period, Action alive) => _router.Guard(period, alive);

    /// <summary>Ends the router as SIGTERM does.</summary>
    public void Stop()
    {
        Kill();
        _router.ReleaseAll();
    }

    /// <summary>Leaves everything as SIGKILL does.</summary>
    public void Kill()
    {
        _router.Stop();
        Assert.True(_thread.Join(Long));
    }

    public void Dispose()
    {
        Kill();
        _router.Dispose();
        Manager.Dispose();
        _managers.Dispose();
        _devices.Dispose();
        _directory.Delete(recursive: true);
    }
}

/// <summary>A pair of sockets of which one end is given to the router as a device.</summary>
internal sealed class FakeDevice
{
    private KeySet _keys;

    public volatile bool Grabbed;

    public volatile Errno GrabFails;

    /// <summary>The keys that it has.</summary>
    public KeySet Abilities { get; init; }

    /// <summary>Where its axes, contacts and switches are; null where it has none.</summary>
    public Surface? Surface { get; set; }

    /// <summary>Whether it can be felt; how many effects it keeps.</summary>
    public int MostEffects { get; init; }

    /// <summary>What was done to its effects, and of a clone, what those who asked were told: <c>upload 7 0x4000</c>, <c>erase 7</c>, <c>told 5 ENOSPC</c>.</summary>
    public BlockingCollection<string> Forces { get; } = [];

    /// <summary>Numbers of the effects that it keeps.</summary>
    public SortedSet<short> Effects { get; } = [];

    /// <summary>What is asked of a clone, by request.</summary>
    public ConcurrentDictionary<int, ForceEffect> Asked { get; } = [];

    /// <summary>What ending a grab waits for.</summary>
    public ManualResetEventSlim RcuGracePeriod { get; } = new(initialState: true);

    /// <summary>The lights that it has, and those that are on.</summary>
    public (ushort Has, ushort On) Lights { get; set; }

    public void SetDown(int code, bool down)
    {
        lock (this)
            _ = down ? _keys.Add(code) : _keys.Remove(code);
    }

    public KeySet Keys
    {
        get
        {
            lock (this)
                return _keys;
        }
    }
}

/// <summary>Sockets that answer like devices.</summary>
internal sealed class FakeDevices : IDeviceControl
{
    private readonly ConcurrentDictionary<string, FakeDevice> _devices = [];
    private readonly ConcurrentDictionary<FileDescriptor, FakeDevice> _ends = [];

    public Errno PrepareFails { get; set; }

    /// <summary>How the next devices answer to being grabbed.</summary>
    public Errno GrabFails { get; set; }

    /// <summary>The keys that the next devices have.</summary>
    public KeySet Abilities { get; set; }

    /// <summary>The lights that the next devices have, and those that are on.</summary>
    public (ushort Has, ushort On) Lights { get; set; }

    /// <summary>Where axes, contacts and switches of the next devices are.</summary>
    public Surface? Surface { get; set; }

    /// <summary>How many effects the next devices keep.</summary>
    public int MostEffects { get; set; }

    /// <summary>A key that is down on the next devices.</summary>
    public int? Down { get; set; }

    /// <summary>The device at the other end.</summary>
    public FakeDevice this[FileDescriptor end] => _ends[end];

    public (FileDescriptor Theirs, FileDescriptor Ours) Pair()
    {
        var (theirs, ours) = FileDescriptor.StreamPair(nonBlocking: true);
        var device = new FakeDevice { GrabFails = GrabFails, Lights = Lights, Abilities = Abilities, Surface = Surface?.Copy(), MostEffects = MostEffects };
        if (Down is { } code)
            device.SetDown(code, true);
        _devices[Identity(theirs)] = _ends[ours] = device;
        return (theirs, ours);
    }

    public Errno PrepareSource(FileDescriptor node)
    {
        _ = Of(node);
        return PrepareFails;
    }

    public Errno CheckSink(FileDescriptor uinput) => Errno.None;

    public Errno Grab(FileDescriptor node)
    {
        var device = Of(node);
        device.Grabbed |= device.GrabFails == Errno.None;
        return device.GrabFails;
    }

    public Errno Ungrab(FileDescriptor node)
    {
        Of(node).RcuGracePeriod.Wait();
        Of(node).Grabbed = false;
        return Errno.None;
    }

    public Errno ReadKeys(FileDescriptor node, ref KeySet keys)
    {
        keys = Of(node).Keys;
        return Errno.None;
    }

    public Errno ReadKeyAbilities(FileDescriptor node, ref KeySet keys)
    {
        keys = Of(node).Abilities;
        return Errno.None;
    }

    public Errno ReadLights(FileDescriptor node, out ushort lights)
    {
        lights = Of(node).Lights.On;
        return Errno.None;
    }

    public Errno ReadLightAbilities(FileDescriptor node, out ushort lights)
    {
        lights = Of(node).Lights.Has;
        return Errno.None;
    }

    public Errno ReadSurface(FileDescriptor node, in KeySet keys, out Surface? surface)
    {
        surface = Of(node).Surface?.Copy();
        return Errno.None;
    }

    public Errno ReadSurface(FileDescriptor node, Surface surface)
    {
        Of(node).Surface!.CopyTo(surface);
        return Errno.None;
    }

    public Errno Destroy(FileDescriptor uinput) => Errno.None;

    public bool HasForces(FileDescriptor node) => Of(node).MostEffects > 0;

    /// <summary>Its numbers begin with 7.</summary>
    public Errno UploadEffect(FileDescriptor node, ref ForceEffect effect)
    {
        var device = Of(node);
        if (effect.Id < 0)
        {
            if (device.Effects.Count == device.MostEffects)
                return Errno.ENOSPC;
            effect.Id = 7;
            while (!device.Effects.Add(effect.Id))
                effect.Id++;
        }

        device.Forces.Add($"upload {effect.Id} 0x{(ushort)effect.Details[0]:x}");
        return Errno.None;
    }

    public Errno EraseEffect(FileDescriptor node, short effect)
    {
        Of(node).Forces.Add($"erase {effect}");
        return Of(node).Effects.Remove(effect) ? Errno.None : Errno.EINVAL;
    }

    public Errno BeginUpload(FileDescriptor uinput, int request, out ForceEffect effect) =>
        Of(uinput).Asked.TryGetValue(request, out effect) ? Errno.None : Errno.EINVAL;

    public Errno EndUpload(FileDescriptor uinput, int request, in ForceEffect effect, Errno result)
    {
        Of(uinput).Forces.Add($"told {request} {result}");
        return Errno.None;
    }

    public Errno BeginErase(FileDescriptor uinput, int request, out short effect)
    {
        var errno = BeginUpload(uinput, request, out var asked);
        effect = asked.Id;
        return errno;
    }

    public Errno EndErase(FileDescriptor uinput, int request, Errno result) => EndUpload(uinput, request, default, result);

    /// <summary>Allocates nothing but the first time, for the test of the hot path.</summary>
    private FakeDevice Of(FileDescriptor end)
    {
        if (_ends.TryGetValue(end, out var known))
            return known;
        return _ends[end] = _devices.GetValueOrDefault(Identity(end), new());
    }

    /// <summary>socket:[inode]: the same for every copy of a descriptor.</summary>
    private static string Identity(FileDescriptor end) => File.ResolveLinkTarget($"/proc/self/fd/{end.Number}", returnFinalTarget: false)!.Name;
}

/// <summary>Keeps copies of descriptors, as the service manager does.</summary>
internal sealed class FakeStore : IDescriptorStore
{
    private readonly Dictionary<string, FileDescriptor> _kept = [];

    /// <summary>All but the router's notes, of which there is always one.</summary>
    public IEnumerable<string> Names => _kept.Keys.Where(name => name != StoredName.Notes);

    public void Keep(string name, FileDescriptor descriptor)
    {
        Assert.DoesNotContain(':', name);
        _kept.Add(name, Copy(descriptor));
    }

    public void Forget(string name)
    {
        if (_kept.Remove(name, out var copy))
            copy.Dispose();
    }

    /// <summary>Copies of all, for a router that starts.</summary>
    public IReadOnlyCollection<(string Name, FileDescriptor Descriptor)> Take() => [.. _kept.Select(one => (one.Key, Copy(one.Value)))];

    private static FileDescriptor Copy(FileDescriptor descriptor)
    {
        var (here, there) = SeqPacketSocket.Pair();
        using (here)
        using (there)
        {
            here.Send("x"u8, descriptor);
            there.TryReceive(new byte[1], out var copy);
            return copy!;
        }
    }
}
