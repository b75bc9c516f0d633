using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>A match and the handler of its signals.</summary>
internal sealed unsafe class SignalWatch(BusLoop loop, TakeSignal take) : BusEntry(loop)
{
    private readonly TaskCompletionSource _installed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the bus has the rule: from then on no signal is missed.</summary>
    internal Task Installed => _installed.Task;

    /// <param name="bus">Whether there is a bus to be told; on a direct connection there is none.</param>
    internal void Install(string rule, bool bus)
    {
        BusException.Check(sd_bus_add_match_async(Loop.Bus, out var slot, rule, &OnSignal, &OnInstalled, Self), $"watch the signals {rule}");
        Slot = new(slot);
        Loop.Keep(this);
        if (!bus)
            _installed.TrySetResult();
    }

    /// <summary>It never came to be.</summary>
    internal void Refuse(Exception fault)
    {
        Fail(fault);
        Dispose();
    }

    private void Fail(Exception fault) => _installed.TrySetException(fault);

    internal override void Abandon(BusException end) => Fail(end);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnInstalled(nint message, nint userdata, sd_bus_error* error)
    {
        var watch = Find<SignalWatch>(userdata);
        // Safety: the error is borrowed from the message and copied.
        if (sd_bus_message_get_error(message) is var fault && fault != null)
            watch.Fail(BusException.FromNative(*fault));
        else
            watch._installed.TrySetResult();
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSignal(nint message, nint userdata, sd_bus_error* error)
    {
        var watch = Find<SignalWatch>(userdata);
        // Safety: header fields are borrowed from the message and copied. Nothing may be thrown through sd-bus.
        try
        {
            watch.Take(message);
        }
        catch (Exception fault)
        {
            watch.Loop.Fail(fault);
        }
        // 0: other matches want the signal too.
        return 0;
    }

    private void Take(nint message) => take(
        new(Marshal.PtrToStringUTF8((nint)sd_bus_message_get_sender(message)), Marshal.PtrToStringUTF8((nint)sd_bus_message_get_path(message))!,
            Marshal.PtrToStringUTF8((nint)sd_bus_message_get_interface(message))!, Marshal.PtrToStringUTF8((nint)sd_bus_message_get_member(message))!),
        new(message));
}
