using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Where the absolute axes, contacts and switches end up after a row of events. Nothing is allocated after it is made.</summary>
internal sealed class LastAxes
{
    private const int First = InputCodes.ABS_MT_TOUCH_MAJOR;
    private const int Width = InputCodes.ABS_MT_TOOL_Y - First + 1;

    private readonly int[] _values = new int[InputCodes.ABS_CNT + InputCodes.SW_CNT];
    private readonly bool[] _set = new bool[InputCodes.ABS_CNT + InputCodes.SW_CNT];
    private readonly int[] _contacts = new int[Surface.MostSlots * Width];
    private readonly bool[] _contactsSet = new bool[Surface.MostSlots * Width];

    /// <summary>The contact that the next event is about.</summary>
    private int _slot;

    /// <summary>The same after what was gathered.</summary>
    private int _lastSlot;

    /// <summary>Whether an axis keeps its place among others: each of a contact's, with the choice of the contact.</summary>
    public static bool IsOrdered(int axis) => axis == InputCodes.ABS_MT_SLOT || Surface.IsOfContact(axis);

    /// <summary>Follows which contact is chosen, and nothing else.</summary>
    public void Choose(ReadOnlySpan<InputEvent> events)
    {
        foreach (ref readonly var one in events)
        {
            if (one is { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_SLOT })
                _slot = one.Value;
        }
    }

    /// <summary>Begins anew with these events.</summary>
    /// <returns>How many of them begin or end a contact.</returns>
    public int Gather(ReadOnlySpan<InputEvent> events)
    {
        Array.Clear(_set);
        Array.Clear(_contactsSet);
        var ends = 0;
        var slot = _slot;
        foreach (ref readonly var one in events)
        {
            if (one.Type == InputCodes.EV_SW)
                Set(InputCodes.ABS_CNT + one.Code, one.Value);
            else if (one.Type != InputCodes.EV_ABS)
                continue;
            else if (one.Code == InputCodes.ABS_MT_SLOT)
                slot = one.Value;
            else if (!Surface.IsOfContact(one.Code))
                Set(one.Code, one.Value);
            else
            {
                var at = (slot * Width) + one.Code - First;
                (_contacts[at], _contactsSet[at]) = (one.Value, true);
                ends += one.Code == InputCodes.ABS_MT_TRACKING_ID ? 1 : 0;
            }
        }

        _lastSlot = slot;
        return ends;

        void Set(int at, int value) => (_values[at], _set[at]) = (value, true);
    }

    /// <summary>Writes what was gathered, each contact's end or beginning first, and chooses the contact that was chosen last.</summary>
    /// <returns>How many events, and how many of them begin or end a contact.</returns>
    public (int Count, int Ends) Write(Span<InputEvent> to)
    {
        var (count, ends) = (0, 0);
        for (var code = 0; code < _values.Length; code++)
        {
            if (_set[code])
                to[count++] = code < InputCodes.ABS_CNT ? new(InputCodes.EV_ABS, (ushort)code, _values[code]) : new(InputCodes.EV_SW, (ushort)(code - InputCodes.ABS_CNT), _values[code]);
        }

        const int Id = InputCodes.ABS_MT_TRACKING_ID - First;
        for (var slot = 0; slot < Surface.MostSlots; slot++)
        {
            var set = _contactsSet.AsSpan(slot * Width, Width);
            if (!set.Contains(true))
                continue;
            to[count++] = new(InputCodes.EV_ABS, InputCodes.ABS_MT_SLOT, slot);
            if (set[Id])
            {
                to[count++] = new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, _contacts[(slot * Width) + Id]);
                ends++;
            }

            for (var axis = 0; axis < Width; axis++)
            {
                if (axis != Id && set[axis])
                    to[count++] = new(InputCodes.EV_ABS, (ushort)(axis + First), _contacts[(slot * Width) + axis]);
            }
        }

        to[count++] = new(InputCodes.EV_ABS, InputCodes.ABS_MT_SLOT, _lastSlot);
        return (count, ends);
    }
}
