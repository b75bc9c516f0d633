using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Processors;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>Draws the status from what the manager knows. Pure.</summary>
internal static class StatusDrawing
{
    public static SeatsStatus Draw(Picture picture)
    {
        var (world, plan, seats, troubles) = picture;
        var configuration = world.Configuration!;
        var problems = seats.SelectMany(seat => seat.Failed.Select(failure => new Problem(seat.Seat, failure.Sentence, Prevents: failure.Step is not (TakeSource or AttachUsb or DetachUsb or LendMonitor or TakeMonitorBack or ShowPicture or ShowNoPicture or SayOnScreen or AskOnScreen or OpenRemote or ChangeRemote or CloseRemote or EndRemoteViewers) && !Runs(world, seat.Seat))
            {
                Device = failure.Step switch { TakeSource take => take.Device.Id, AttachUsb attach => attach.Device.Id, _ => null },
            }))
            .Concat(GuestTroubles.Of(world))
            .Concat(troubles.Select(trouble => new Problem(null, trouble)));
        var drawn = StatusPicture.Make(
            world.Wanted,
            world.Memory ?? Memory.Empty,
            world.Inventory,
            world.Current ?? new(RouterState.Empty, world.Started),
            plan,
            problems.ToValueList(),
            seats.Where(seat => seat.Running.Any(step => step is StartGuest)).Select(seat => seat.Seat).ToValueList(),
            configuration.Fault.Count > 0 ? configuration.Fault[0] : null);
        if (world.Pins.Guests.Count > 0)
            drawn = drawn with { Seats = drawn.Seats.Select(seat => seat with { Processors = Processors(world, seat) }).ToValueList() };
        return drawn with { Host = drawn.Host with { NoSleep = world.Sleep?.Never } };
    }

    /// <summary>Those of the guest that the seat runs.</summary>
    private static string? Processors(World world, SeatStatus seat) =>
        world.Guests?.Guests?.FirstOrDefault(guest => guest.Seat == seat.Name && guest.Name == seat.Guest?.Name) is { } guest
        && world.Pins.Guests.FirstOrDefault(pinned => pinned.Guest == guest.Uuid) is { } pinning
            ? CpuList.Format(pinning.Vcpus.SelectMany(cpus => cpus)) : null;

    /// <summary>A seat whose guest runs can be used, be it without what the failed step was for.</summary>
    private static bool Runs(World world, string seat) =>
        world.Wanted.Seats.FirstOrDefault(wish => wish.Name == seat) is { } wish
        && wish.Guests.Count > 0
        && (world.Guests?.Guests ?? []).Any(guest => guest.Name == wish.Guests[0] && guest.State == GuestState.Running);
}
