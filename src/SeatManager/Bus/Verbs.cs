using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>Carries a call out, and turns a refusal into the error of the API.</summary>
internal static class Verbs
{
    public static async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (SeatRefusedException refused)
        {
            throw new BusException(
                refused.Refusal switch
                {
                    Refusal.NotThere => SeatsBus.ErrorNotThere,
                    Refusal.AgainstPolicy => SeatsBus.ErrorRefused,
                    _ => SeatsBus.ErrorFailed,
                },
                refused.Message);
        }
    }

    public static async Task<WriteBody?> DoAsync(Func<Task> work) => await DoAsync<WriteBody?>(async () =>
    {
        await work().ConfigureAwait(false);
        return null;
    }).ConfigureAwait(false);
}
