using Akka.Actor;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.SeatManager.Routing;

/// <summary>Asks the router what it counted of every source, a packet after the other.</summary>
internal static class Counting
{
    /// <summary>Fails with a <see cref="SeatRefusedException"/> where the router does not say.</summary>
    public static async Task<ValueList<SourceCounters>> AskAsync(IActorRef router, TimeSpan patience)
    {
        List<SourceCounters> all = [];
        while (true)
        {
            var above = all.Count == 0 ? -1 : all[^1].Input;
            switch (await router.Ask<object>(new AskRouter(new QueryCounters(0, above)), patience).ConfigureAwait(false))
            {
                case CountersReply reply:
                    all.AddRange(reply.Sources);
                    if (!reply.More)
                        return all.ToValueList();
                    break;
                case RouterAnswer refused:
                    throw new SeatRefusedException(Refusal.Failed, $"The input router does not say what it counted: {refused.Refusal}. See: systemctl status phyllome-input-router.");
            }
        }
    }
}
