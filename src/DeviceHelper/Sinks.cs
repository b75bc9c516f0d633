using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>What the virtual devices of a guest, and of the host, are.</summary>
internal static class Sinks
{
    /// <summary>Ours; not registered with anybody, which nothing checks on BUS_VIRTUAL. The product is the kind.</summary>
    private const ushort Vendor = 0x7068;

    /// <summary>The keyboard repeats held keys: it goes into the guest's PS/2 keyboard, of which systems expect that, and QEMU's does not.</summary>
    public static VirtualDeviceDescription Describe(CreateSinkNode sink)
    {
        var kind = sink.Kind == SinkKind.Keyboard ? "keyboard" : "pointer";
        var phys = VirtualPhys.Of(sink.Guest, kind);
        return sink.Kind == SinkKind.Keyboard
            ? new(
                new($"Phyllome keyboard {sink.Name}", InputCodes.BUS_VIRTUAL, Vendor, 1, 1)
                {
                    Keys = sink.Guest == HostReach.Id ? SinkCodes.HostKeyboardKeys : SinkCodes.KeyboardKeys,
                    Axes = SinkCodes.KeyboardAxes,
                    Leds = SinkCodes.KeyboardLeds,
                },
                phys, Repeats: true)
            : new(
                new($"Phyllome pointer {sink.Name}", InputCodes.BUS_VIRTUAL, Vendor, 2, 1) { Keys = SinkCodes.PointerButtons, Axes = SinkCodes.PointerAxes },
                phys);
    }

    /// <summary>
    /// All that the device is, but for its lights, for waveforms of one's own (the effect has a pointer in it, which is worth nothing to another
    /// process), and for the contacts of multitouch protocol A, which nothing tells apart.
    /// </summary>
    public static VirtualDeviceDescription Describe(CreateCloneNode clone, InputDeviceDescription device)
    {
        var hasSlots = device.AbsoluteAxes.Any(axis => axis.Code == InputCodes.ABS_MT_SLOT);
        return new(
            device with
            {
                AbsoluteAxes = [.. device.AbsoluteAxes.Where(axis => hasSlots || axis.Code < InputCodes.ABS_MT_SLOT)],
                Leds = [],
                Forces = [.. device.Forces.Where(force => force != InputCodes.FF_CUSTOM)],
            },
            VirtualPhys.Of(clone.Guest, $"clone/{clone.CloneOf}"));
    }
}
