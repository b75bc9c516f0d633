using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>Asks polkit whether a caller may do something.</summary>
internal sealed class Polkit(BusConnection bus)
{
    private const string Service = "org.freedesktop.PolicyKit1";
    private const uint AllowUserInteraction = 1;

    private readonly record struct Answer(bool Authorized, bool Challenge);

    /// <summary>Returns where it may. Fails with <see cref="SeatsBus.ErrorRefused"/> where not, or where polkit can't be asked and the caller is not root.</summary>
    /// <param name="what">For the sentence: <c>start a seat</c>.</param>
    internal async Task RequireAsync(BusCaller caller, string action, string what)
    {
        var sender = caller.Sender ?? throw new BusException(SeatsBus.ErrorRefused, $"Can't {what}: the bus does not say who calls.");
        Answer answer;
        try
        {
            answer = await AskAsync(sender, action, caller.AllowInteraction).ConfigureAwait(false);
        }
        catch (BusException fault)
        {
            // Without an answer only root may, whom polkit would let anyway.
            if (await bus.GetUserIdAsync(sender).ConfigureAwait(false) == 0)
                return;
            throw new BusException(
                SeatsBus.ErrorRefused, $"Can't {what}: polkit can't be asked whether you may ({fault.Message}); do it as root, or start polkit.");
        }
        if (!answer.Authorized)
        {
            throw new BusException(SeatsBus.ErrorRefused, answer.Challenge
                ? $"Can't {what}: polkit asks for a password for {action} and has no way to ask you; do it as root or from a session with a polkit agent."
                : $"Can't {what}: polkit does not let you ({action}); do it as root, or ask the administrator.");
        }
    }

    private Task<Answer> AskAsync(string sender, string action, bool interactive)
    {
        // ((sa{sv}) subject, s action, a{ss} details, u flags, s cancellation) -> ((bba{ss}) result)
        var call = new BusCall(Service, "/org/freedesktop/PolicyKit1/Authority", Service + ".Authority", "CheckAuthorization", body =>
        {
            body.Open('r', "sa{sv}");
            body.Write("system-bus-name");
            body.Open('a', "{sv}");
            body.WriteEntry("name", "s", value => value.Write(sender));
            body.Close();
            body.Close();
            body.Write(action);
            body.Open('a', "{ss}");
            body.Close();
            body.Write(interactive ? AllowUserInteraction : 0);
            body.Write("");
        }) { Deadline = interactive ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(25) };
        return bus.CallAsync(call, static body =>
        {
            body.Enter('r', "bba{ss}");
            var answer = new Answer(body.ReadBoolean(), body.ReadBoolean());
            body.Skip("a{ss}");
            body.Exit();
            return answer;
        });
    }
}
