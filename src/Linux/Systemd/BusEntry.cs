using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>Something that sd-bus calls back: it lives in the loop until it is released, with a slot and a handle that finds it again.</summary>
internal abstract class BusEntry : IDisposable
{
    private GCHandle _self;

    protected BusEntry(BusLoop loop)
    {
        Loop = loop;
        _self = GCHandle.Alloc(this);
    }

    protected BusLoop Loop { get; }

    /// <summary>What sd-bus gives back to a callback as userdata.</summary>
    protected nint Self => GCHandle.ToIntPtr(_self);

    protected SlotHandle? Slot { get; set; }

    internal static T Find<T>(nint userdata) where T : BusEntry => (T)GCHandle.FromIntPtr(userdata).Target!;

    /// <summary>The bus ends while this lives.</summary>
    internal virtual void Abandon(BusException end)
    {
    }

    public virtual void Dispose()
    {
        Slot?.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }
}

/// <summary>An entry that needs nothing but its slot.</summary>
internal sealed class PlainEntry : BusEntry
{
    internal PlainEntry(BusLoop loop, nint slot) : base(loop) => Slot = new(slot);
}
