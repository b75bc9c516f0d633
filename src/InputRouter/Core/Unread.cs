using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>What a device sent while no router read it: the kernel kept it with the descriptor.</summary>
/// <param name="now">The keys that are down after the last of the events.</param>
/// <param name="surface">Where axes, contacts and switches are after the last of them; null for a device without.</param>
internal sealed class Unread(InputEvent[] events, KeySet now, Surface? surface = null)
{
    private int _next;

    /// <summary>The keys that are down after the last of the events.</summary>
    public KeySet DownAfter => now;

    /// <summary>
    /// The keys that were down before the first of the events: of one that is among them, the contrary of what first became of it; of every
    /// other, what is so now.
    /// </summary>
    public KeySet DownBefore
    {
        get
        {
            KeySet before = now, met = default;
            foreach (ref readonly var one in events.AsSpan())
            {
                if (one.Type != InputCodes.EV_KEY || one.Code >= SinkCodes.KeyCount || !met.Add(one.Code))
                    continue;
                _ = one.Value == 1 ? before.Remove(one.Code) : before.Add(one.Code);
            }

            return before;
        }
    }

    /// <summary>Where axes, contacts and switches are after the last of the events.</summary>
    public Surface? SurfaceAfter => surface;

    /// <summary>
    /// The contacts of which the events tell a beginning or an end, one bit a slot: what they were before is not known. Every one where events
    /// come before it is told which contact they are about.
    /// </summary>
    public ulong Changed
    {
        get
        {
            var (slot, changed) = (-1, 0UL);
            foreach (ref readonly var one in events.AsSpan())
            {
                if (one is { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_SLOT })
                    slot = one.Value;
                else if (one is { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_TRACKING_ID })
                    changed |= slot < 0 ? ulong.MaxValue : slot < Surface.MostSlots ? 1UL << slot : 0;
            }

            return changed;
        }
    }

    /// <summary>Whether the kernel could not keep all.</summary>
    public bool RanOver => Array.Exists(events, one => one is { Type: InputCodes.EV_SYN, Code: InputCodes.SYN_DROPPED });

    public bool IsEmpty => _next == events.Length;

    /// <summary>When the next frame began; before all others where there is none.</summary>
    public (long Seconds, long Microseconds) At => IsEmpty ? default : (events[_next].Seconds, events[_next].Microseconds);

    public Span<InputEvent> TakeFrame()
    {
        var start = _next;
        while (_next < events.Length && events[_next++] is not { Type: InputCodes.EV_SYN, Code: InputCodes.SYN_REPORT })
        {
            // The whole frame.
        }

        return events.AsSpan(start, _next - start);
    }
}
