using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>What the virtual devices of a guest, and of the host, are.</summary>
internal static class Sinks
{
    /// <summary>How the phys of each begins: the udev rule and the refusal to take one as a source go by it.</summary>
    public const string PhysPrefix = "phyllome/";

    /// <summary>How the host's own goes on: the udev rule leaves these to seat0.</summary>
    public const string HostPhys = "host";

    /// <summary>Ours; not registered with anybody, which nothing checks on BUS_VIRTUAL. The product is the kind.</summary>
    private const ushort Vendor = 0x7068;

    /// <summary>The keyboard repeats held keys: it goes into the guest's PS/2 keyboard, of which systems expect that, and QEMU's does not.</summary>
    public static VirtualDeviceDescription Describe(CreateSinkNode sink)
    {
        var kind = sink.Kind == SinkKind.Keyboard ? "keyboard" : "pointer";
        var phys = $"{PhysPrefix}{(sink.Guest == HostReach.Id ? HostPhys : sink.Guest)}/{kind}";
        return sink.Kind == SinkKind.Keyboard
            ? new($"Phyllome keyboard {sink.Name}", phys, Vendor, 1, 1, sink.Guest == HostReach.Id ? SinkCodes.HostKeyboardKeys : SinkCodes.KeyboardKeys, SinkCodes.KeyboardAxes, SinkCodes.KeyboardLeds, Repeats: true)
            : new($"Phyllome pointer {sink.Name}", phys, Vendor, 2, 1, SinkCodes.PointerButtons, SinkCodes.PointerAxes, []);
    }
}
