using System.Numerics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// Devices with clones. A contact that is there but not held is dead, as a key is: it was there before the focus came, and reaches nobody until
/// it is lifted.
/// </summary>
internal sealed partial class Switchboard
{
    /// <summary>The source whose events go to a clone now; null: none's do.</summary>
    public Source? SourceOf(Sink clone)
    {
        foreach (var seat in _seats.Values)
        {
            if (seat.Focus != clone.Guest)
                continue;
            foreach (var source in seat.Sources)
            {
                if (source.Clone == clone.Clone)
                    return source;
            }
        }

        return null;
    }

    private void Place(Source source, Surface surface, in InputEvent one)
    {
        switch (one.Type)
        {
            case InputCodes.EV_ABS when one.Code == InputCodes.ABS_MT_SLOT:
                surface.Slot = one.Value;
                break;
            case InputCodes.EV_ABS when Surface.IsOfContact(one.Code):
                if ((uint)surface.Slot < (uint)surface.Slots)
                    Touch(source, surface, surface.Slot, one);
                break;
            case InputCodes.EV_ABS when one.Code < InputCodes.ABS_CNT:
                surface[one.Code] = one.Value;
                Write(source, one);
                break;
            case InputCodes.EV_SW when one.Code < InputCodes.SW_CNT:
                surface.Switches = one.Value != 0 ? surface.Switches | (1U << one.Code) : surface.Switches & ~(1U << one.Code);
                Write(source, one);
                break;
            case InputCodes.EV_MSC:
                Write(source, one);
                break;
            default:
                break;
        }
    }

    /// <summary>What holds nothing.</summary>
    private void Write(Source source, in InputEvent one)
    {
        if (source.TakingClone is { } clone)
            clone.Move(one);
        else if (source.Clone is not null)
            Counters.Dropped++;
    }

    private void Touch(Source source, Surface surface, int slot, in InputEvent one)
    {
        surface[slot, one.Code] = one.Value;
        if (source.Clone is null)
            return;
        var bit = 1UL << slot;
        var held = (source.HeldContacts & bit) != 0;
        var begins = one is { Code: InputCodes.ABS_MT_TRACKING_ID, Value: >= 0 };
        if (!held && !begins)
        {
            source.TakingClone?.Miss(slot);
            return;
        }

        if (source.TakingClone is not { } clone)
        {
            Counters.Dropped++;
            return;
        }

        // As for a key that goes down: the host must not read it where a QEMU has just died.
        if (begins && clone.IsQuiet && clone.Output.Holder == Holder.Host)
        {
            Leave(clone);
            Counters.Dropped++;
            return;
        }

        if (one.Code == InputCodes.ABS_MT_TRACKING_ID)
            source.HeldContacts = begins ? source.HeldContacts | bit : source.HeldContacts & ~bit;
        if (begins)
            clone.Begin(slot, one, surface);
        else
            clone.Touch(slot, one);
    }

    private void Resynchronize(Source source, Surface known, Surface now)
    {
        for (var slot = 0; slot < known.Slots; slot++)
        {
            var (before, after) = (known[slot, InputCodes.ABS_MT_TRACKING_ID], now[slot, InputCodes.ABS_MT_TRACKING_ID]);
            if (before != after)
                Touch(source, known, slot, new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, after));
            for (var axis = known.NextContactAxis(-1); axis >= 0; axis = known.NextContactAxis(axis))
            {
                if (axis != InputCodes.ABS_MT_TRACKING_ID && known[slot, axis] != now[slot, axis])
                    Touch(source, known, slot, new(InputCodes.EV_ABS, (ushort)axis, now[slot, axis]));
            }
        }

        known.Slot = now.Slot;
        for (var axis = known.NextAxis(-1); axis >= 0; axis = known.NextAxis(axis))
        {
            if (known[axis] != now[axis])
                Place(source, known, new(InputCodes.EV_ABS, (ushort)axis, now[axis]));
        }

        for (var rest = known.Switches ^ now.Switches; rest != 0; rest &= rest - 1)
        {
            var code = BitOperations.TrailingZeroCount(rest);
            Place(source, known, new(InputCodes.EV_SW, (ushort)code, (int)((now.Switches >> code) & 1)));
        }
    }

    /// <summary>Lifts what the source holds in the clone, and lets its sticks go.</summary>
    private static void LetGo(Source source, long seconds, long microseconds)
    {
        if (source.TakingClone is { } clone)
        {
            for (var rest = source.HeldContacts; rest != 0; rest &= rest - 1)
                clone.Lift(BitOperations.TrailingZeroCount(rest));
            clone.Rest();
            clone.EndFrame(seconds, microseconds);
            clone.Output.Meet(null);
        }

        source.HeldContacts = 0;
    }

    /// <summary>Brings the clone that the source's events go to now to where the device is.</summary>
    private static void Follow(Source source, long seconds, long microseconds)
    {
        if (source.TakingClone is not { } clone)
            return;
        clone.Output.Meet(source.Feedback);
        if (source.Surface is not { } surface)
            return;
        clone.Follow(surface);
        clone.EndFrame(seconds, microseconds);
    }

    private void Follow(Sink clone)
    {
        if (clone.Clone is not null && SourceOf(clone) is { } source)
            Follow(source, 0, 0);
    }

    private static void Name(Source source, SeatRoute route)
    {
        var clone = route.CloneOf(source.Input);
        if (source.Clone == clone)
            return;
        Release(source);
        source.Clone = clone;
        Follow(source, 0, 0);
    }

    /// <summary>Says whether a clone's QEMU has it.</summary>
    private void Hold(Sink clone, bool held)
    {
        if (clone.Guest.IsHost || clone.IsHeld == held)
            return;
        if (!held)
            Abandon(clone);
        clone.IsHeld = held;
        // Of one that is not there yet nothing is down, and of one that is not there any more nobody reads it.
        if (clone.Output.Holder != Holder.Qemu)
            clone.Settle();
    }

    /// <summary>What its source holds in a clone is dead until pressed again.</summary>
    private void Abandon(Sink clone)
    {
        if (SourceOf(clone) is { } source)
        {
            for (var code = source.Held.Next(0); code >= 0; code = source.Held.Next(code + 1))
            {
                if (source.Taking(code) == clone)
                    source.Held.Remove(code);
            }

            source.HeldContacts = 0;
        }

        clone.Output.Meet(null);
        clone.Abandon();
    }

    private static void AdoptContacts(Source source)
    {
        if (source.TakingClone is not { } clone || source.Surface is not { } surface)
            return;
        for (var rest = surface.Touching; rest != 0; rest &= rest - 1)
        {
            var slot = BitOperations.TrailingZeroCount(rest);
            if (clone.AdoptContact(slot))
                source.HeldContacts |= 1UL << slot;
        }
    }
}
