using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>A method call that waits for its answer.</summary>
internal abstract unsafe class PendingCall(BusLoop loop) : BusEntry(loop)
{
    /// <summary>On the bus's thread.</summary>
    internal void Send(BusCall call)
    {
        BusException.Check(
            sd_bus_message_new_method_call(Loop.Bus, out var pointer, call.Destination, call.Path, call.Interface, call.Member),
            $"make the call {call.Interface}.{call.Member} to {call.Path}");
        using var message = new MessageHandle(pointer);
        if (call.AllowInteraction)
            BusException.Check(sd_bus_message_set_allow_interactive_authorization(message, 1), "let the call ask for a password");
        call.Body?.Invoke(new(pointer));
        // 0 would be sd-bus's default; ulong.MaxValue never ends.
        var deadline = call.Deadline == Timeout.InfiniteTimeSpan ? ulong.MaxValue : (ulong)Math.Max(1, call.Deadline.TotalMicroseconds);
        BusException.Check(sd_bus_call_async(Loop.Bus, out var slot, message, &OnAnswer, Self, deadline), $"call {call.Interface}.{call.Member}");
        Slot = new(slot);
        Loop.Keep(this);
    }

    protected abstract void Answer(nint message);

    internal abstract void Fail(Exception fault);

    /// <summary>It was never sent.</summary>
    internal void Refuse(Exception fault)
    {
        Fail(fault);
        Dispose();
    }

    internal override void Abandon(BusException end) => Fail(end);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnAnswer(nint message, nint userdata, sd_bus_error* error)
    {
        var call = Find<PendingCall>(userdata);
        // Safety: the error is borrowed from the message and copied. Nothing may be thrown through sd-bus.
        try
        {
            if (sd_bus_message_get_error(message) is var fault && fault != null)
                call.Fail(BusException.FromNative(*fault));
            else
                call.Answer(message);
        }
        catch (Exception fault)
        {
            call.Fail(fault);
        }
        // Its slot is in use until this returns.
        call.Loop.Post(() => call.Loop.Release(call), static _ => { });
        return 1;
    }
}

internal sealed class PendingCall<T>(BusLoop loop, ReadBody<T> read) : PendingCall(loop)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Task => _done.Task;

    internal void Cancel(CancellationToken cancellation)
    {
        _done.TrySetCanceled(cancellation);
        Loop.Release(this);
    }

    internal override void Fail(Exception fault) => _done.TrySetException(fault);

    protected override void Answer(nint message) => _done.TrySetResult(read(new(message)));
}
