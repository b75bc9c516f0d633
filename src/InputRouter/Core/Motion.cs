using System.Runtime.CompilerServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>What most reports are: whole frames of relative motion and nothing else.</summary>
internal static class Motion
{
    /// <summary>
    /// Makes such frames ready for <see cref="Sink.Pass"/>: each has its time at its end alone, and the axis that came last goes first. The
    /// kernel stirs its pool of random numbers with each event, of virtual devices too, but for one with the value of the last, which
    /// was the device's (drivers/char/random.c, add_input_randomness).
    /// </summary>
    /// <param name="axes">Those that the pointer has, one bit a code.</param>
    /// <returns>Whether they are nothing else; otherwise some may have lost their times.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Prepare(Span<InputEvent> events, uint axes)
    {
        var open = false;
        ref var first = ref Unsafe.NullRef<InputEvent>();
        ref var last = ref first;
        foreach (ref var one in events)
        {
            if (one.Type == InputCodes.EV_REL && one.Code < InputCodes.REL_CNT && (axes & (1U << one.Code)) != 0)
            {
                InputEvent.ForgetTime(ref one);
                last = ref one;
                if (!open)
                    first = ref one;
                open = true;
            }
            else if (open && one is { Type: InputCodes.EV_SYN, Code: InputCodes.SYN_REPORT })
            {
                InputEvent.Exchange(ref first, ref last);
                open = false;
            }
            else
            {
                return false;
            }
        }

        return !open;
    }
}
