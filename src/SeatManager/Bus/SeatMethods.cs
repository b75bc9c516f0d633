using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>What can be done to a seat on the bus.</summary>
internal sealed class SeatMethods(BusConnection bus, ISeatService service, Polkit polkit)
{
    public IReadOnlyList<BusMethod> Of(StatusObject<SeatStatus> seat)
    {
        var name = seat.Status.Name;
        return
        [
            new("Start", [], [], (caller, _) => DoAsync(
                seat.Status, caller, SeatsBus.ActionManageSeats, $"start seat {name}", () => service.StartSeatAsync(name, CancellationToken.None))),
            new("Stop", [], [], (caller, _) => DoAsync(
                seat.Status, caller, SeatsBus.ActionManageSeats, $"stop seat {name}", () => service.StopSeatAsync(name, CancellationToken.None))),
            new("Focus", [new("target", "s")], [], (caller, arguments) =>
            {
                var target = arguments.ReadString();
                return DoAsync(
                    seat.Status, caller, SeatsBus.ActionFocus, $"move the input of seat {name}", () => service.FocusAsync(name, target, CancellationToken.None));
            }),
            new("SetRemotePassword", [new("kept", "s")], [], (caller, arguments) =>
            {
                var kept = arguments.ReadString();
                return DoAsync(
                    seat.Status, caller, SeatsBus.ActionRemote, $"set the password of seat {name}'s remote display", () => service.SetRemotePasswordAsync(name, kept, CancellationToken.None));
            }),
            new("SetRemoteViewOnly", [new("view_only", "b")], [], (caller, arguments) =>
            {
                var viewOnly = arguments.ReadBoolean();
                return DoAsync(
                    seat.Status, caller, SeatsBus.ActionRemote, $"say what viewers of seat {name} may do", () => service.SetRemoteViewOnlyAsync(name, viewOnly, CancellationToken.None));
            }),
            new("EndRemoteViewers", [], [], (caller, _) => DoAsync(
                seat.Status, caller, SeatsBus.ActionRemote, $"send the viewers of seat {name} away", () => service.EndRemoteViewersAsync(name, CancellationToken.None))),
        ];
    }

    /// <summary>The seat's owner needs nobody's leave.</summary>
    private async Task<WriteBody?> DoAsync(SeatStatus seat, BusCaller caller, string action, string what, Func<Task> work)
    {
        if (!await IsOwnerAsync(seat, caller).ConfigureAwait(false))
            await polkit.RequireAsync(caller, action, what).ConfigureAwait(false);
        return await Verbs.DoAsync(work).ConfigureAwait(false);
    }

    private async Task<bool> IsOwnerAsync(SeatStatus seat, BusCaller caller)
    {
        if (seat.Owner is not { } owner || caller.Sender is not { } sender)
            return false;
        try
        {
            // Asked of a directory service, it may take its time.
            return await Task.Run(() => Users.IdOf(owner)).ConfigureAwait(false) is { } id && id == await bus.GetUserIdAsync(sender).ConfigureAwait(false);
        }
        catch (BusException)
        {
            return false;
        }
    }
}
