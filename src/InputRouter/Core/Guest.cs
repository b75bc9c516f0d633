using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A guest, or the host, as the router knows it: its sinks, and whether anything may be written to them.</summary>
internal sealed class Guest(Guid id)
{
    public Guid Id => id;

    /// <summary>Whether it is the host itself: no QEMU ever holds its sinks.</summary>
    public bool IsHost { get; } = id == HostReach.Id;

    /// <summary>A QEMU holds its sinks and runs. Nothing but what is <see cref="Settle">owed</see> is written to them otherwise.</summary>
    public bool Live { get; set; } = id == HostReach.Id;

    /// <summary>Whether it was live when this was last told of.</summary>
    public bool ToldLive { get; set; } = id == HostReach.Id;

    /// <summary>Who holds its sinks: one QEMU has both.</summary>
    public Holder Holder => Keyboard?.Output.Holder is { } holder and not Holder.Unknown ? holder : Pointer?.Output.Holder ?? Holder.Unknown;

    /// <summary>The lights that it has set on its keyboard.</summary>
    public ushort Lights { get; set; }

    public Sink? Keyboard { get; set; }

    public Sink? Pointer { get; set; }

    /// <summary>The kinds of its sinks that may have been written to since the last frame ended: one bit a kind.</summary>
    public int Open { get; set; }

    /// <summary>Of devices that neither keyboard nor pointer can stand for.</summary>
    public List<Sink> Clones { get; } = [];

    /// <param name="clone">Of what; null for the keyboard and the pointer.</param>
    public Sink? this[SinkKind kind, string? clone] => kind switch
    {
        SinkKind.Keyboard => Keyboard,
        SinkKind.Pointer => Pointer,
        _ => Clones.Find(sink => sink.Clone == clone),
    };

    public void Add(Sink sink)
    {
        if (sink.Kind == SinkKind.Keyboard)
            Keyboard = sink;
        else if (sink.Kind == SinkKind.Pointer)
            Pointer = sink;
        else
            Clones.Add(sink);
    }

    public void Remove(Sink sink)
    {
        if (sink.Kind == SinkKind.Keyboard)
            Keyboard = null;
        else if (sink.Kind == SinkKind.Pointer)
            Pointer = null;
        else
            Clones.Remove(sink);
    }

    /// <summary>The sink of a way, where it may be written to now.</summary>
    public Sink? Taking(Way way) => !Live ? null : way == Way.Keyboard ? Keyboard : Pointer;

    /// <summary>The sink that can produce a key or button, and may be written to now.</summary>
    public Sink? TakingKey(int code) => WayOf(code) is not Way.None and var way ? Taking(way) : null;

    /// <summary>Its clone of a device, where it may be written to now.</summary>
    public Sink? Taking(string clone)
    {
        if (!Live)
            return null;
        foreach (var sink in Clones)
        {
            if (sink.Clone == clone)
                return sink.IsHeld ? sink : null;
        }

        return null;
    }

    /// <summary>Which of its sinks can produce a key or button.</summary>
    public Way WayOf(int code) => IsHost ? Ways.OfHostKey(code) : Ways.OfKey(code);

    /// <summary>Whether something is down in its sinks that no source holds.</summary>
    public bool Owes => Keyboard is { Owes: true } || Pointer is { Owes: true } || Clones.Exists(static clone => clone.Owes);

    /// <summary>All that is down in its sinks is held by nobody any more, and owed a key-up.</summary>
    public void Abandon()
    {
        Keyboard?.Abandon();
        Pointer?.Abandon();
        foreach (var clone in Clones)
        {
            clone.Output.Meet(null);
            clone.Abandon();
        }
    }

    /// <summary>Sends the key-ups that are owed.</summary>
    public void Settle()
    {
        Keyboard?.Settle();
        Pointer?.Settle();
        foreach (var clone in Clones)
            clone.Settle();
    }

    /// <summary>Ends the frame in whatever was written to since the last.</summary>
    public void EndFrame(long seconds, long microseconds)
    {
        if (Open == 1 << (int)SinkKind.Pointer)
            Pointer?.EndFrame(seconds, microseconds);
        else if (Open != 0)
            EndFrames(seconds, microseconds);
        Open = 0;
    }

    private void EndFrames(long seconds, long microseconds)
    {
        Keyboard?.EndFrame(seconds, microseconds);
        Pointer?.EndFrame(seconds, microseconds);
        foreach (var clone in Clones)
            clone.EndFrame(seconds, microseconds);
    }
}
