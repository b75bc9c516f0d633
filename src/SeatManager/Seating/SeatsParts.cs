using Akka.Actor;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>What the <see cref="SeatsActor"/> is put together with.</summary>
/// <param name="Observers">They are listened to.</param>
/// <param name="Router">Is listened to, and asked.</param>
/// <param name="MakeSeat">Makes the actor of a seat.</param>
/// <param name="Planner">Pure.</param>
/// <param name="Describe">Pure.</param>
/// <param name="Publish">Told of each new picture, on the actor's thread; returns at once.</param>
/// <param name="ShutDown">Asks a guest to shut down.</param>
/// <param name="Planned">Told after the first plan.</param>
internal sealed record SeatsParts(
    ValueList<IActorRef> Observers,
    IActorRef Router,
    Func<IActorRefFactory, string, IActorRef> MakeSeat,
    Func<SeatsConfiguration, Memory, Inventory, Current, Plan> Planner,
    Func<Picture, SeatsStatus> Describe,
    Action<SeatsStatus> Publish,
    Func<Guid, CancellationToken, Task> ShutDown,
    Action Planned)
{
    /// <summary>What was remembered; null where nothing was, or nothing that can be read.</summary>
    public Memory? Remembered { get; init; }

    /// <summary>Keeps what is to be remembered; fails as <see cref="Remembering.MemoryFile.Save"/> does.</summary>
    public Action<Memory> Remember { get; init; } = static _ => { };

    /// <summary>The guests that a manager before this one started, since the whole was started.</summary>
    public ValueList<Guid> Started { get; init; } = [];

    /// <summary>Keeps which guests were started; fails as <see cref="Remembering.StartedFile.Save"/> does.</summary>
    public Action<ValueList<Guid>> KeepStarted { get; init; } = static _ => { };

    /// <summary>The monitors that are lent from before; null where nobody lends any.</summary>
    public ValueList<LentScreen>? Screens { get; init; }

    /// <summary>The desktops that were there from before, and may lend their monitors.</summary>
    public ValueList<Desktop> Desktops { get; init; } = [];

    /// <summary>The doors for viewers elsewhere that are open from before; null where nobody opens any.</summary>
    public ValueList<OpenedDoor>? Doors { get; init; }

    /// <summary>Lets somebody who waits at a seat's door see that guest, or tells them why not; fails never.</summary>
    public Func<string, int, Guest, CancellationToken, Task> LetIn { get; init; } = static (_, _, _, _) => Task.CompletedTask;

    /// <summary>Tells somebody who waits at a seat's door why there is nothing to see; returns at once.</summary>
    public Action<string, int, string> TurnAway { get; init; } = static (_, _, _) => { };

    /// <summary>Sends all viewers of a seat away; fails with a <see cref="LinuxException"/>.</summary>
    public Action<string> EndViewers { get; init; } = static _ => { };

    /// <summary>What the host calls itself.</summary>
    public string HostName { get; init; } = Inventory.Empty.HostName;

    /// <summary>Breaks the saving of a guest off, whose step then fails.</summary>
    public Func<Guid, CancellationToken, Task> BreakOff { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Has a seat's own screen say something for the moment; does nothing where it has none, and returns at once.</summary>
    public Action<SeatStatus, ShowNotice> Notify { get; init; } = static (_, _) => { };

    public Func<DateTimeOffset> Now { get; init; } = static () => DateTimeOffset.UtcNow;

    /// <summary>Told of what the seats ask of the host's sleep, each time that it changes.</summary>
    public Action<SleepWish> Sleep { get; init; } = static _ => { };

    /// <summary>So long a device is new, and can be what a seat forms around.</summary>
    public TimeSpan Novelty { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>So long the free screens ask who is in front of them, for who wants it.</summary>
    public TimeSpan Identifying { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>So long who asks before all was seen once waits for that; then what is not known is said. Less than the 25 s after which a D-Bus call is given up.</summary>
    public TimeSpan FirstSight { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>So long nothing must change before the next plan.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After so long it is planned although it still changes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>What the status is drawn from.</summary>
/// <param name="Seats">Where each seat stands.</param>
/// <param name="Troubles">Sentences that concern no seat.</param>
internal sealed record Picture(World World, Plan Plan, ValueList<SeatRun> Seats, ValueList<string> Troubles);
