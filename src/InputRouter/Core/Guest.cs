using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A guest as the router knows it: its sinks, and whether anything may be written to them.</summary>
internal sealed class Guest(Guid id)
{
    public Guid Id => id;

    public bool Live { get; set; }

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

    /// <summary>Ends the frame in whatever was written to since the last.</summary>
    public void EndFrame(long seconds, long microseconds)
    {
        Keyboard?.EndFrame(seconds, microseconds);
        Pointer?.EndFrame(seconds, microseconds);
    }
}
