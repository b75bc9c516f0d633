using System.Numerics;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// Where the absolute axes, contacts (multitouch protocol B) and switches of a device are, in the device's own units. Following events allocates nothing.
/// </summary>
internal sealed class Surface
{
    /// <summary>Contacts that are told apart; a device's further ones are left out.</summary>
    public const int MostSlots = 64;

    private const int Width = InputCodes.ABS_MT_TOOL_Y - InputCodes.ABS_MT_TOUCH_MAJOR + 1;

    private readonly int[] _axes = new int[InputCodes.ABS_CNT];
    private readonly int[] _contacts;

    /// <param name="axes">Those that the device has, one bit a code.</param>
    /// <param name="slots">How many contacts it tells apart; 0 for none.</param>
    public Surface(ulong axes, int slots)
    {
        Axes = axes;
        Slots = Math.Clamp(slots, 0, MostSlots);
        _contacts = new int[Slots * Width];
        Forget(ulong.MaxValue);
    }

    public ulong Axes { get; }

    public int Slots { get; }

    /// <summary>Axes that go somewhere when they are let go, with where; a surface without sticks, levers or pens has none.</summary>
    public IReadOnlyList<(ushort Code, int Value)> Rests { get; init; } = [];

    /// <summary>The switches that the device has, one bit a code.</summary>
    public uint SwitchAbilities { get; init; }

    /// <summary>The contact that the next event is about. The device's own number, be it one that is left out.</summary>
    public int Slot { get; set; }

    /// <summary>The switches that are on, one bit a code.</summary>
    public uint Switches { get; set; }

    /// <summary>An axis that is no contact's.</summary>
    public ref int this[int axis] => ref _axes[axis];

    /// <summary>An axis of a contact.</summary>
    public ref int this[int slot, int axis] => ref _contacts[(slot * Width) + axis - InputCodes.ABS_MT_TOUCH_MAJOR];

    /// <summary>Whether an axis is a contact's.</summary>
    public static bool IsOfContact(int axis) => axis is >= InputCodes.ABS_MT_TOUCH_MAJOR and <= InputCodes.ABS_MT_TOOL_Y;

    public bool Has(int axis) => (Axes & (1UL << axis)) != 0;

    /// <summary>The axis after this one that is no contact's; -1 where there is none.</summary>
    public int NextAxis(int after) => Next(after, static axis => axis != InputCodes.ABS_MT_SLOT && !IsOfContact(axis));

    /// <summary>The axis after this one that is a contact's; -1 where there is none.</summary>
    public int NextContactAxis(int after) => Next(after, static axis => IsOfContact(axis));

    /// <summary>The contacts that are there, one bit a slot.</summary>
    public ulong Touching
    {
        get
        {
            var touching = 0UL;
            for (var slot = 0; slot < Slots; slot++)
            {
                if (this[slot, InputCodes.ABS_MT_TRACKING_ID] >= 0)
                    touching |= 1UL << slot;
            }

            return touching;
        }
    }

    /// <summary>These contacts, one bit a slot, are taken for not there.</summary>
    public void Forget(ulong contacts)
    {
        for (var slot = 0; slot < Slots; slot++)
        {
            if ((contacts & (1UL << slot)) != 0)
                this[slot, InputCodes.ABS_MT_TRACKING_ID] = -1;
        }
    }

    /// <summary>Another one of the same device.</summary>
    public Surface Copy()
    {
        var copy = new Surface(Axes, Slots) { Rests = Rests, SwitchAbilities = SwitchAbilities };
        CopyTo(copy);
        return copy;
    }

    /// <param name="other">Of the same device.</param>
    public void CopyTo(Surface other)
    {
        (other.Slot, other.Switches) = (Slot, Switches);
        _axes.CopyTo(other._axes, 0);
        _contacts.CopyTo(other._contacts, 0);
    }

    private int Next(int after, Func<int, bool> wanted)
    {
        for (var rest = after < 63 ? Axes & (ulong.MaxValue << (after + 1)) : 0; rest != 0; rest &= rest - 1)
        {
            if (BitOperations.TrailingZeroCount(rest) is var axis && wanted(axis))
                return axis;
        }

        return -1;
    }
}
