using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>An sd_bus. Used by one thread only; closing it drops what is not written yet.</summary>
internal sealed class BusHandle : SafeHandle
{
    internal BusHandle(nint bus) : base(0, ownsHandle: true) => SetHandle(bus);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeSystemd.sd_bus_close_unref(handle);
        return true;
    }
}

/// <summary>An sd_bus_message. Its count of references is not atomic: it is closed on the bus's thread.</summary>
internal sealed class MessageHandle : SafeHandle
{
    internal MessageHandle(nint message) : base(0, ownsHandle: true) => SetHandle(message);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeSystemd.sd_bus_message_unref(handle);
        return true;
    }
}

/// <summary>An sd_bus_slot: a pending call, a match, an exported object. Closing it, on the bus's thread, ends that.</summary>
internal sealed class SlotHandle : SafeHandle
{
    internal SlotHandle(nint slot) : base(0, ownsHandle: true) => SetHandle(slot);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeSystemd.sd_bus_slot_unref(handle);
        return true;
    }
}
