using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Routing;

/// <summary>Keeps a copy of the router's state current by what the router says. Pure.</summary>
internal static class RouterPicture
{
    /// <summary>The state after a message. One that comes twice, or of something unknown, changes nothing.</summary>
    public static RouterState After(this RouterState state, RouterMessage message) => message switch
    {
        StateReply reply => reply.State,
        SourceCame came => state with { Sources = [.. state.Sources.Where(source => source.Input != came.Source.Input), came.Source] },
        SourceGone gone => state with { Sources = state.Sources.Where(source => source.Input != gone.Input).ToValueList() },
        SinkCame came => state with { Sinks = [.. state.Sinks.Where(sink => sink.Input != came.Sink.Input), came.Sink] },
        SinkGone gone => state with { Sinks = state.Sinks.Where(sink => sink.Input != gone.Input).ToValueList() },
        FocusChanged changed => state with
        {
            Seats = state.Seats.Select(seat => seat.Name == changed.Seat ? seat with { Focus = changed.Focus } : seat).ToValueList(),
        },
        _ => state,
    };
}
