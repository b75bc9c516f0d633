using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Asks a device for its absolute axes, contacts and switches.</summary>
internal static class KernelSurface
{
    /// <param name="keys">The keys that it has.</param>
    /// <param name="surface">Null for a device without any.</param>
    public static Errno Read(FileDescriptor node, in KeySet keys, out Surface? surface)
    {
        surface = null;
        if (EventDevice.ReadAxisAbilities(node, out var axes) is not Errno.None and var unreadable)
            return unreadable;
        if (EventDevice.ReadSwitchAbilities(node, out var switches) is not Errno.None and var unknown)
            return unknown;
        if (axes == 0 && switches == 0)
            return Errno.None;
        var isJoystick = keys.Next(InputCodes.BTN_JOYSTICK) is >= 0 and < InputCodes.BTN_DIGI;
        var (slots, rests) = (0, new List<(ushort, int)>());
        for (ushort axis = 0; axis < InputCodes.ABS_CNT; axis++)
        {
            if ((axes & (1UL << axis)) == 0)
                continue;
            if (EventDevice.ReadAxis(node, axis, out var info) is not Errno.None and var errno)
                return errno;
            if (axis == InputCodes.ABS_MT_SLOT)
                slots = info.Maximum + 1;
            else if (AxisRest.Of(axis, info, axes, isJoystick) is { } rest)
                rests.Add((axis, rest));
        }

        // Multitouch protocol A has no contacts that could be told apart: its axes are nobody's.
        if (slots == 0)
            axes &= (1UL << InputCodes.ABS_MT_SLOT) - 1;
        surface = new(axes, slots) { Rests = rests, SwitchAbilities = switches };
        return Read(node, surface);
    }

    public static Errno Read(FileDescriptor node, Surface surface)
    {
        for (var axis = surface.NextAxis(-1); axis >= 0; axis = surface.NextAxis(axis))
        {
            if (EventDevice.ReadAxis(node, (ushort)axis, out var info) is not Errno.None and var errno)
                return errno;
            surface[axis] = info.Value;
        }

        if (surface.SwitchAbilities != 0)
        {
            if (EventDevice.ReadSwitches(node, out var switches) is not Errno.None and var errno)
                return errno;
            surface.Switches = switches;
        }

        return surface.Slots == 0 ? Errno.None : ReadContacts(node, surface);
    }

    private static Errno ReadContacts(FileDescriptor node, Surface surface)
    {
        if (EventDevice.ReadAxis(node, InputCodes.ABS_MT_SLOT, out var chosen) is not Errno.None and var unreadable)
            return unreadable;
        surface.Slot = chosen.Value;
        Span<int> request = stackalloc int[1 + Surface.MostSlots];
        for (var axis = surface.NextContactAxis(-1); axis >= 0; axis = surface.NextContactAxis(axis))
        {
            request[0] = axis;
            if (EventDevice.ReadSlots(node, request[..(1 + surface.Slots)]) is not Errno.None and var errno)
                return errno;
            for (var slot = 0; slot < surface.Slots; slot++)
                surface[slot, axis] = request[1 + slot];
        }

        return Errno.None;
    }
}
