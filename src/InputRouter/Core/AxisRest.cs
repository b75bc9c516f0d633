using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// Where an axis goes when it is let go, by the layout that drivers keep to (Linux, Documentation/input/gamepad.rst): sticks to their middle,
/// triggers to their lowest.
/// </summary>
internal static class AxisRest
{
    /// <param name="axes">All that the device has.</param>
    /// <param name="isJoystick">Whether it has the buttons of a joystick or a gamepad; of others only what presses is let go.</param>
    /// <returns>Null where it stays as it is: a lever, a dial, a position.</returns>
    public static int? Of(ushort code, in AxisInfo axis, ulong axes, bool isJoystick) => code switch
    {
        InputCodes.ABS_PRESSURE => axis.Minimum,
        _ when !isJoystick => null,
        InputCodes.ABS_X or InputCodes.ABS_Y or InputCodes.ABS_RX or InputCodes.ABS_RY or InputCodes.ABS_RUDDER or InputCodes.ABS_WHEEL => Middle(axis),
        // The right stick of a pad that has it nowhere else.
        InputCodes.ABS_Z or InputCodes.ABS_RZ => axis.Minimum < 0 || (axes & (1UL << InputCodes.ABS_RX)) == 0 ? Middle(axis) : axis.Minimum,
        InputCodes.ABS_GAS or InputCodes.ABS_BRAKE => axis.Minimum < 0 ? Middle(axis) : axis.Minimum,
        >= InputCodes.ABS_HAT0X and <= InputCodes.ABS_HAT3Y => axis.Minimum < 0 ? Middle(axis) : axis.Minimum,
        _ => null,
    };

    private static int Middle(in AxisInfo axis) =>
        axis is { Minimum: < 0, Maximum: > 0 } && (long)axis.Minimum + axis.Maximum is >= -1 and <= 1 ? 0 : (int)(((long)axis.Minimum + axis.Maximum + 1) >> 1);
}
