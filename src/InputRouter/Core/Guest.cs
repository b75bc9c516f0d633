using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A guest as the router knows it: its sinks, and whether anything may be written to them.</summary>
internal sealed class Guest(Guid id)
{
    public Guid Id => id;

    /// <summary>A QEMU holds its sinks and runs. Nothing but what is <see cref="Settle">owed</see> is written to them otherwise.</summary>
    public bool Live { get; set; }

    /// <summary>Whether it was live when this was last told of.</summary>
    public bool ToldLive { get; set; }

    /// <summary>Who holds its sinks: one QEMU has both.</summary>
    public Holder Holder => Keyboard?.Output.Holder is { } holder and not Holder.Unknown ? holder : Pointer?.Output.Holder ?? Holder.Unknown;

    /// <summary>The lights that it has set on its keyboard.</summary>
    public ushort Lights { get; set; }

    public Sink? Keyboard { get; set; }

    public Sink? Pointer { get; set; }

    public Sink? this[SinkKind kind]
    {
        get => kind == SinkKind.Keyboard ? Keyboard : Pointer;
        set
        {
            if (kind == SinkKind.Keyboard)
                Keyboard = value;
            else
                Pointer = value;
        }
    }

    /// <summary>The sink that can produce a key or button, and may be written to now.</summary>
    public Sink? Taking(Way way) => !Live ? null : way == Way.Keyboard ? Keyboard : Pointer;

    /// <summary>Whether a key is down in its sinks that no source holds.</summary>
    public bool Owes => Keyboard is { Owes: true } || Pointer is { Owes: true };

    /// <summary>All that is down in its sinks is held by nobody any more, and owed a key-up.</summary>
    public void Abandon()
    {
        Keyboard?.Abandon();
        Pointer?.Abandon();
    }

    /// <summary>Sends the key-ups that are owed.</summary>
    public void Settle()
    {
        Keyboard?.Settle();
        Pointer?.Settle();
    }

    /// <summary>Ends the frame in whatever was written to since the last.</summary>
    public void EndFrame(long seconds, long microseconds)
    {
        Keyboard?.EndFrame(seconds, microseconds);
        Pointer?.EndFrame(seconds, microseconds);
    }
}
