using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Routing;

/// <summary>What the router holds.</summary>
/// <param name="State">Null while it cannot be reached.</param>
internal sealed record RouterObserved(RouterState? State);

/// <summary>Send a request to the router. Its <see cref="RouterRequest.Id"/> is given by the router's actor. Answered by a <see cref="RouterAnswer"/>; <see cref="QueryCounters"/>, where it is not refused, by a <see cref="CountersReply"/>.</summary>
internal sealed record AskRouter(RouterRequest Request);

/// <summary>Done, with all that the router holds after it; or refused, with the reason in words.</summary>
internal sealed record RouterAnswer(RouterState? State, RouterError Error, string? Refusal)
{
    public static RouterAnswer Done(RouterState state) => new(state, RouterError.None, null);

    public static RouterAnswer Refused(string why, RouterError error = RouterError.None) => new(null, error, why);
}
