using Phyllome.Seats.InputRouter;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Bench;

/// <summary>The input router itself, with the kernel's devices: an event node, a sink like a guest's pointer, and the sink's own node.</summary>
internal sealed class RouterBetweenNodes : IDescriptorStore
{
    private static readonly Guid Guest = new("00000000-0000-0000-0000-000000000001");

    public static void Run(string[] sources)
    {
        var directory = Directory.CreateTempSubdirectory("phyllome-bench");
        using var router = new Router(
            SeqPacketSocket.Listen(Path.Combine(directory.FullName, "router")), SeqPacketSocket.Listen(Path.Combine(directory.FullName, "devices")), new KernelDevices(),
            new RouterBetweenNodes());
        directory.Delete(recursive: true);
        router.Restore([]);
        Urgency.Take();
        var (sink, input) = VirtualDevice.Create(new(new("bench pointer", InputCodes.BUS_VIRTUAL, 0x7068, 2, 1) { Keys = SinkCodes.PointerButtons, Axes = SinkCodes.PointerAxes }, "phyllome/bench/pointer"));
        Check(router.Take(new GiveSink(input, 1, Guest, SinkKind.Pointer), sink));
        Check(router.Take(new GiveSinkNode(input), FileDescriptor.OpenReadWrite(KernelLane.NodeOf(input), nonBlocking: true)));
        foreach (var (index, source) in sources.Index())
            Check(router.Take(new GiveSource(1_000_000 + index), FileDescriptor.OpenReadWrite(source, nonBlocking: true)));
        router.Answer(new SetSeat(1, "bench", new(Enumerable.Range(1_000_000, sources.Length).ToValueList(), [Guest])), _ => { });
        router.Answer(new SetGuestLive(2, Guest, true), _ => { });
        router.Answer(new SetHotkeys(3, new([29, 97], [125, 15], [125, 42, 15], [125, 59])), _ => { });
        router.Run();
    }

    private static void Check(Errno errno)
    {
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not give the router a device");
    }

    void IDescriptorStore.Keep(string name, FileDescriptor descriptor)
    {
    }

    void IDescriptorStore.Forget(string name)
    {
    }
}
