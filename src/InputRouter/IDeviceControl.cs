using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>What the router asks of a device beyond reading and writing.</summary>
internal interface IDeviceControl
{
    /// <summary>Checks that a descriptor is an event node, and sets its clock.</summary>
    Errno PrepareSource(FileDescriptor node);

    /// <summary>Checks that a descriptor is one of uinput.</summary>
    Errno CheckSink(FileDescriptor uinput);

    Errno Grab(FileDescriptor node);

    Errno Ungrab(FileDescriptor node);

    Errno ReadKeys(FileDescriptor node, ref KeySet keys);

    /// <summary>The keys that the device has.</summary>
    Errno ReadKeyAbilities(FileDescriptor node, ref KeySet keys);

    /// <summary>The lights that are on.</summary>
    Errno ReadLights(FileDescriptor node, out ushort lights);

    /// <summary>The lights that the device has.</summary>
    Errno ReadLightAbilities(FileDescriptor node, out ushort lights);

    /// <summary>The absolute axes, contacts and switches that the device has, and where they are.</summary>
    /// <param name="keys">The keys that it has, by which a gamepad is told from what is no stick.</param>
    /// <param name="surface">Null for a device without any.</param>
    Errno ReadSurface(FileDescriptor node, in KeySet keys, out Surface? surface);

    /// <summary>The same of a device that is known already, into what is known of it; allocates nothing.</summary>
    Errno ReadSurface(FileDescriptor node, Surface surface);

    Errno Destroy(FileDescriptor uinput);

    /// <summary>Whether the device can be felt.</summary>
    bool HasForces(FileDescriptor node);

    Errno UploadEffect(FileDescriptor node, ref ForceEffect effect);

    Errno EraseEffect(FileDescriptor node, short effect);

    Errno BeginUpload(FileDescriptor uinput, int request, out ForceEffect effect);

    Errno EndUpload(FileDescriptor uinput, int request, in ForceEffect effect, Errno result);

    Errno BeginErase(FileDescriptor uinput, int request, out short effect);

    Errno EndErase(FileDescriptor uinput, int request, Errno result);
}

/// <summary>The kernel's evdev and uinput.</summary>
internal sealed class KernelDevices : IDeviceControl
{
    public Errno PrepareSource(FileDescriptor node) =>
        EventDevice.Check(node) is not Errno.None and var errno ? errno : EventDevice.UseMonotonicClock(node);

    public Errno CheckSink(FileDescriptor uinput) => VirtualDevice.Check(uinput);

    public Errno Grab(FileDescriptor node) => EventDevice.Grab(node);

    public Errno Ungrab(FileDescriptor node) => EventDevice.Ungrab(node);

    public Errno ReadKeys(FileDescriptor node, ref KeySet keys) => EventDevice.ReadKeys(node, keys.Bytes);

    public Errno ReadKeyAbilities(FileDescriptor node, ref KeySet keys) => EventDevice.ReadKeyAbilities(node, keys.Bytes);

    public Errno ReadLights(FileDescriptor node, out ushort lights) => EventDevice.ReadLeds(node, out lights);

    public Errno ReadLightAbilities(FileDescriptor node, out ushort lights) => EventDevice.ReadLedAbilities(node, out lights);

    public Errno ReadSurface(FileDescriptor node, in KeySet keys, out Surface? surface) => KernelSurface.Read(node, keys, out surface);

    public Errno ReadSurface(FileDescriptor node, Surface surface) => KernelSurface.Read(node, surface);

    public Errno Destroy(FileDescriptor uinput) => VirtualDevice.Destroy(uinput);

    public bool HasForces(FileDescriptor node) => EventDevice.HasForces(node);

    public Errno UploadEffect(FileDescriptor node, ref ForceEffect effect) => EventDevice.UploadEffect(node, ref effect);

    public Errno EraseEffect(FileDescriptor node, short effect) => EventDevice.EraseEffect(node, effect);

    public Errno BeginUpload(FileDescriptor uinput, int request, out ForceEffect effect) => VirtualDevice.BeginUpload(uinput, request, out effect);

    public Errno EndUpload(FileDescriptor uinput, int request, in ForceEffect effect, Errno result) => VirtualDevice.EndUpload(uinput, request, effect, result);

    public Errno BeginErase(FileDescriptor uinput, int request, out short effect) => VirtualDevice.BeginErase(uinput, request, out effect);

    public Errno EndErase(FileDescriptor uinput, int request, Errno result) => VirtualDevice.EndErase(uinput, request, result);
}
