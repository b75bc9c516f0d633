using Phyllome.Seats.InputRouter;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Bench;

/// <summary>The input router itself, its sockets and loop and all, with FIFOs for devices: the ioctls alone are not the kernel's.</summary>
internal sealed class RouterBetweenFifos : IDeviceControl, IDescriptorStore
{
    private static readonly Guid Guest = new("00000000-0000-0000-0000-000000000001");

    /// <summary>A router whose devices may be anything that is read and written.</summary>
    public static Router Create()
    {
        var directory = Directory.CreateTempSubdirectory("phyllome-bench");
        var fifos = new RouterBetweenFifos();
        var router = new Router(
            SeqPacketSocket.Listen(Path.Combine(directory.FullName, "router")), SeqPacketSocket.Listen(Path.Combine(directory.FullName, "devices")), fifos, fifos);
        directory.Delete(recursive: true);
        router.Restore([]);
        return router;
    }

    public static void Run(string sink, string[] sources)
    {
        using var router = Create();
        // For writing alone: the router reads what comes back from a virtual device.
        using var write = File.OpenHandle(sink, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        Check(router.Take(new GiveSink(1, 1, Guest, SinkKind.Pointer), new FileDescriptor((int)write.DangerousGetHandle(), ownsHandle: false)));
        foreach (var (index, source) in sources.Index())
            Check(router.Take(new GiveSource(index + 2), FileDescriptor.OpenReadWrite(source, nonBlocking: true)));
        router.Answer(new SetSeat(1, "bench", new(Enumerable.Range(2, sources.Length).ToValueList(), [Guest])), _ => { });
        router.Answer(new SetGuestLive(2, Guest, true), _ => { });
        router.Answer(new SetHotkeys(3, new([29, 97], [125, 15], [125, 42, 15], [125, 59])), _ => { });
        router.Run();
    }

    public static void Check(Errno errno)
    {
        if (errno != Errno.None)
            throw new LinuxException(errno, "could not give the router a device");
    }

    Errno IDeviceControl.PrepareSource(FileDescriptor node) => Errno.None;

    Errno IDeviceControl.CheckSink(FileDescriptor uinput) => Errno.None;

    Errno IDeviceControl.Grab(FileDescriptor node) => Errno.None;

    Errno IDeviceControl.Ungrab(FileDescriptor node) => Errno.None;

    Errno IDeviceControl.ReadKeys(FileDescriptor node, ref KeySet keys) => Errno.None;

    Errno IDeviceControl.ReadKeyAbilities(FileDescriptor node, ref KeySet keys) => Errno.None;

    Errno IDeviceControl.ReadLights(FileDescriptor node, out ushort lights)
    {
        lights = 0;
        return Errno.None;
    }

    Errno IDeviceControl.ReadLightAbilities(FileDescriptor node, out ushort lights)
    {
        lights = 0;
        return Errno.None;
    }

    bool IDeviceControl.HasForces(FileDescriptor node) => false;

    Errno IDeviceControl.UploadEffect(FileDescriptor node, ref ForceEffect effect) => Errno.ENOTTY;

    Errno IDeviceControl.EraseEffect(FileDescriptor node, short effect) => Errno.ENOTTY;

    Errno IDeviceControl.BeginUpload(FileDescriptor uinput, int request, out ForceEffect effect)
    {
        effect = default;
        return Errno.ENOTTY;
    }

    Errno IDeviceControl.EndUpload(FileDescriptor uinput, int request, in ForceEffect effect, Errno result) => Errno.ENOTTY;

    Errno IDeviceControl.BeginErase(FileDescriptor uinput, int request, out short effect)
    {
        effect = -1;
        return Errno.ENOTTY;
    }

    Errno IDeviceControl.EndErase(FileDescriptor uinput, int request, Errno result) => Errno.ENOTTY;

    Errno IDeviceControl.ReadSurface(FileDescriptor node, in KeySet keys, out Surface? surface)
    {
        surface = null;
        return Errno.None;
    }

    Errno IDeviceControl.ReadSurface(FileDescriptor node, Surface surface) => Errno.None;

    Errno IDeviceControl.Destroy(FileDescriptor uinput) => Errno.None;

    void IDescriptorStore.Keep(string name, FileDescriptor descriptor)
    {
    }

    void IDescriptorStore.Forget(string name)
    {
    }
}
