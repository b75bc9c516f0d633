using System.Numerics;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>The absolute axes of a clone, and the contacts that are there in it.</summary>
internal sealed partial class Sink
{
    private ulong _touching;
    private ulong _owedContacts;
    private IReadOnlyList<(ushort Code, int Value)> _rests = [];
    private bool _owesRest;

    /// <summary>Slots whose axes in it are the device's, one bit a slot.</summary>
    private ulong _same;

    /// <summary>The slot that was last chosen in it; -1: not known.</summary>
    private int _slot = -1;

    public string? Clone => clone;

    /// <summary>
    /// Whether the QEMU of its guest has it, as <see cref="Switchboard.SetLive"/> said. A keyboard and a pointer are there from the start, and so
    /// is what is the host's.
    /// </summary>
    public bool IsHeld { get; set; } = clone is null || guest.IsHost;

    /// <summary>The same when this was last told of.</summary>
    public bool ToldHeld { get; set; } = clone is null || guest.IsHost;

    /// <summary>Whether nothing is down in it.</summary>
    public bool IsQuiet => _touching == 0 && Array.TrueForAll(_holders, static count => count == 0);

    /// <summary>An axis of a contact: its tracking id begins or ends it.</summary>
    public void Touch(int slot, in InputEvent one)
    {
        if (_slot != slot)
        {
            _slot = slot;
            Append(InputCodes.EV_ABS, InputCodes.ABS_MT_SLOT, slot);
        }

        if (one.Code == InputCodes.ABS_MT_TRACKING_ID)
            _touching = one.Value >= 0 ? _touching | (1UL << slot) : _touching & ~(1UL << slot);
        Append(one.Type, one.Code, one.Value);
    }

    /// <summary>A contact begins. Of what a slot had in the device before, the device says only what is other now: the clone is told the rest.</summary>
    /// <param name="surface">The device's.</param>
    public void Begin(int slot, in InputEvent id, Surface surface)
    {
        Touch(slot, id);
        var bit = 1UL << slot;
        if ((_same & bit) != 0)
            return;
        _same |= bit;
        for (var axis = surface.NextContactAxis(-1); axis >= 0; axis = surface.NextContactAxis(axis))
        {
            if (axis != InputCodes.ABS_MT_TRACKING_ID)
                Touch(slot, new(InputCodes.EV_ABS, (ushort)axis, surface[slot, axis]));
        }
    }

    /// <summary>A contact in the device has moved of which this does not know.</summary>
    public void Miss(int slot) => _same &= ~(1UL << slot);

    public void Lift(int slot) =>
        Touch(slot, new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, -1));

    /// <summary>Sticks and levers go where they go when they are let go.</summary>
    public void Rest()
    {
        foreach (var (code, value) in _rests)
            Append(InputCodes.EV_ABS, code, value);
        _owesRest = false;
    }

    /// <summary>Brings its switches, and its axes that are no contact's, to where they are on the device.</summary>
    public void Follow(Surface surface)
    {
        (_rests, _owesRest, _same) = (surface.Rests, false, 0);
        for (var axis = surface.NextAxis(-1); axis >= 0; axis = surface.NextAxis(axis))
            Append(InputCodes.EV_ABS, (ushort)axis, surface[axis]);
        for (var rest = surface.SwitchAbilities; rest != 0; rest &= rest - 1)
        {
            var code = BitOperations.TrailingZeroCount(rest);
            Append(InputCodes.EV_SW, (ushort)code, (int)((surface.Switches >> code) & 1));
        }
    }

    /// <summary>
    /// Of a clone that an earlier router left: the contacts that are there in it, and the slot that was chosen. Its sticks are let go where no
    /// device says otherwise.
    /// </summary>
    public void InheritContacts(Surface left)
    {
        (_rests, _owesRest) = (left.Rests, left.Rests.Count > 0);
        _owedContacts = left.Touching;
        _slot = left.Slot;
    }

    /// <summary>A contact that an earlier router left turns out to be there on the device too.</summary>
    /// <returns>False where it is not there.</returns>
    public bool AdoptContact(int slot)
    {
        var bit = 1UL << slot;
        if ((_owedContacts & bit) == 0)
            return false;
        _owedContacts &= ~bit;
        _touching |= bit;
        return true;
    }

    private void AbandonContacts()
    {
        _owedContacts |= _touching;
        _touching = 0;
        _owesRest = _rests.Count > 0;
    }

    private void SettleContacts()
    {
        for (; _owedContacts != 0; _owedContacts &= _owedContacts - 1)
            Lift(BitOperations.TrailingZeroCount(_owedContacts));
        if (_owesRest)
            Rest();
    }
}
