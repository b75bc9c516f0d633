using System.Globalization;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>One change to the machine. A seat's own actor runs its steps in order.</summary>
/// <param name="Seat">The seat that it serves: one of the configuration, one that the router still has, or <see cref="Host"/>.</param>
public abstract record Step(string Seat)
{
    /// <summary>The seat of steps that clean up what no seat has: seat0, the host's own.</summary>
    public const string Host = "seat0";

    /// <summary>What the step does, as a sentence for the journal and for errors: <c>take keyboard 'X' for seat left</c>.</summary>
    public abstract string Sentence { get; }

    /// <summary>Whether it makes no sense once an earlier step of the same seat has failed; every other step is done all the same.</summary>
    public bool DependsOn(Step failed) => (failed, this) switch
    {
        (CreateSink create, StartGuest start) => create.Guest == start.Guest,
        (CreateSink create, AdoptGuest adopt) => create.Guest == adopt.Guest,
        (CreateSink create, SetLive live) => create.Guest == live.Guest,
        // A keyboard that is taken goes somewhere at once.
        (Route, TakeSource) => true,
        // A keyboard is not taken from the host for a way back to it that is not there.
        (CreateSink create, Route) => create.Guest == HostReach.Id,
        (CreateSink create, TakeSource) => create.Guest == HostReach.Id,
        (Unroute, RemoveSink) => true,
        (LendMonitor lend, TurnMonitor turn) => lend.Connector == turn.Connector,
        (LendMonitor lend, SayOnScreen say) => lend.Connector == say.Connector,
        (LendMonitor lend, AskOnScreen ask) => lend.Connector == ask.Connector,
        (LendMonitor lend, ShowPicture show) => lend.Connector == show.Connector,
        _ => false,
    };
}

/// <summary>Let the router take a physical node (open, grab). Inverse: <see cref="ReleaseSource"/>.</summary>
public sealed record TakeSource(string Seat, Device Device, InputNode Node) : Step(Seat)
{
    public override string Sentence => $"take {Node.Path} of '{Device.Name}' for seat {Seat}";
}

/// <summary>Let the router give a physical node back to the host. Inverse: <see cref="TakeSource"/>.</summary>
public sealed record ReleaseSource(string Seat, int Input) : Step(Seat)
{
    public override string Sentence => $"give input{Input} of seat {Seat} back to the host";
}

/// <summary>Make a guest's permanent virtual keyboard or pointer. Inverse: <see cref="RemoveSink"/>.</summary>
public sealed record CreateSink(string Seat, Guid Guest, string GuestName, SinkKind Kind) : Step(Seat)
{
    public override string Sentence => $"make the {(Kind == SinkKind.Keyboard ? "keyboard" : "pointer")} of {(Guest == HostReach.Id ? "the host" : $"guest '{GuestName}'")}";
}

/// <summary>Make for a guest a virtual device that is what a physical node is. Inverse: <see cref="RemoveSink"/>.</summary>
public sealed record CreateClone(string Seat, Guid Guest, string GuestName, Device Device, InputNode Node) : Step(Seat)
{
    public override string Sentence => $"make a clone of {Node.Path} of '{Device.Name}' for {(Guest == HostReach.Id ? "the host" : $"guest '{GuestName}'")}";
}

/// <summary>Plug a clone into a guest that runs. Inverse: the guest's end.</summary>
/// <param name="CloneOf">As <see cref="CloneName.Of"/> names it.</param>
/// <param name="Event">Of the clone's node.</param>
public sealed record AttachClone(string Seat, Guid Guest, string GuestName, string CloneOf, int Event) : Step(Seat)
{
    /// <summary>What the configuration says of the guest; null where it says nothing.</summary>
    public GuestWish? Wish { get; init; }

    public override string Sentence => $"plug the clone /dev/input/event{Event} into guest '{GuestName}'";
}

/// <summary>Remove a guest's virtual device; only while no QEMU holds it. Inverse: <see cref="CreateSink"/> or <see cref="CreateClone"/>.</summary>
public sealed record RemoveSink(string Seat, Guid Guest, int Input) : Step(Seat)
{
    public override string Sentence => $"remove the virtual device input{Input} of {(Guest == HostReach.Id ? "the host" : $"guest {Guest}")}";
}

/// <summary>Set a seat's sources and reach in the router. Inverse: the route before, or <see cref="Unroute"/>.</summary>
public sealed record Route(string Seat, SeatRoute To) : Step(Seat)
{
    public override string Sentence => $"route the input of seat {Seat}";
}

/// <summary>Forget a seat's route. Inverse: <see cref="Route"/>.</summary>
public sealed record Unroute(string Seat) : Step(Seat)
{
    public override string Sentence => $"end the route of seat {Seat}";
}

/// <summary>Make the part of a card that a seat's guest is to have. Inverse: the card is given back, with all its parts, when somebody asks for it.</summary>
/// <param name="Count">How many virtual functions the card is to have; 1 for a mediated device.</param>
public sealed record MakeGpuPart(string Seat, GpuPart Part, int Count) : Step(Seat)
{
    public override string Sentence => Part.Type is null
        ? string.Create(CultureInfo.InvariantCulture, $"split the gpu {Part.Card} into {Count} virtual functions for seat {Seat}")
        : $"make a {Part.Type} of the gpu {Part.Card} for seat {Seat}";
}

/// <summary>Make a seat's guest. Inverse: <see cref="DiscardGuest"/>, or its owner's for one that is kept.</summary>
public sealed record CloneGuest(string Seat, string GuestName, SeatClone CloneOf) : Step(Seat)
{
    public override string Sentence => $"make guest '{GuestName}' for seat {Seat}, a clone of '{CloneOf.Base}'";
}

/// <summary>Discard a guest that was made for the while, with all that is its own. Inverse: <see cref="CloneGuest"/> makes another.</summary>
public sealed record DiscardGuest(string Seat, Guid Guest, string GuestName) : Step(Seat)
{
    public override string Sentence => $"discard guest '{GuestName}'";
}

/// <summary>Start a seat's guest from an overlay: its stored definition, its sinks, the seat's GPU. Inverse: the owner's shutdown.</summary>
public sealed record StartGuest(string Seat, Guid Guest, string GuestName, string? Gpu) : Step(Seat)
{
    /// <summary>What the configuration says of the guest; null where it says nothing.</summary>
    public GuestWish? Wish { get; init; }

    /// <summary>How the card came to be the guest's, where the host still has it; null without one.</summary>
    public GpuTaking? Taking { get; init; }

    /// <summary>Which part of a card it is, which no monitor hangs on; null for a whole one.</summary>
    public GpuPart? Part { get; init; }

    /// <summary>The seat's USB devices that are plugged in.</summary>
    public ValueList<PassedUsb> Usb { get; init; } = [];

    /// <summary>The size of the monitor that it is shown on by a presenter; null where it is shown by none.</summary>
    public ScreenSize? Screen { get; init; }

    /// <summary>How many monitors the seat has at most, each for a screen of the guest's.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>The PCI address of the card which that monitor hangs on; null where it is not on PCI.</summary>
    public string? ScreenCard { get; init; }

    /// <summary>How its display for viewers elsewhere is to be; null where nobody sees it from there.</summary>
    public RemoteScreen? Remote { get; init; }

    public override string Sentence => $"start guest '{GuestName}' for seat {Seat}";
}

/// <summary>Give a guest that somebody else started its keyboard, its pointer and the seat's mark, as far as libvirt plugs them in. Inverse: the guest's end.</summary>
public sealed record AdoptGuest(string Seat, Guid Guest, string GuestName) : Step(Seat)
{
    /// <summary>What the configuration says of the guest; null where it says nothing.</summary>
    public GuestWish? Wish { get; init; }

    public override string Sentence => $"give guest '{GuestName}', which runs already, the keyboard and the pointer of seat {Seat}";
}

/// <summary>Ask a seat's guest to shut down. Inverse: <see cref="StartGuest"/>.</summary>
public sealed record StopGuest(string Seat, Guid Guest, string GuestName) : Step(Seat)
{
    public override string Sentence => $"ask guest '{GuestName}' of seat {Seat} to shut down";
}

/// <summary>Save the state of a seat's guest, which is off then. Takes as long as it takes to write its memory, and is broken off where somebody comes meanwhile. Inverse: <see cref="StartGuest"/>.</summary>
public sealed record SaveGuest(string Seat, Guid Guest, string GuestName) : Step(Seat)
{
    public override string Sentence => $"save the state of guest '{GuestName}' of seat {Seat}";
}

/// <summary>Give a USB device whole to a seat's running guest. Inverse: <see cref="DetachUsb"/>.</summary>
public sealed record AttachUsb(string Seat, Guid Guest, string GuestName, Device Device, PassedUsb Usb) : Step(Seat)
{
    public override string Sentence => $"give '{Device.Name}' at port {Usb.Port} to guest '{GuestName}' of seat {Seat}";
}

/// <summary>Take a USB device out of a running guest, be it that it was pulled. Inverse: <see cref="AttachUsb"/>.</summary>
public sealed record DetachUsb(string Seat, Guid Guest, string GuestName, PassedUsb Usb) : Step(Seat)
{
    public override string Sentence => $"take the USB device of port {Usb.Port} out of guest '{GuestName}'";
}

/// <summary>Say whether a QEMU holds the guest's sinks: only then is anything written to them. Inverse: the same with the other value.</summary>
public sealed record SetLive(string Seat, Guid Guest, bool Live) : Step(Seat)
{
    /// <summary>Input numbers of those of its clones that the QEMU holds.</summary>
    public ValueList<int> Clones { get; init; } = [];

    public override string Sentence => $"{(Live ? "open" : "close")} the input of guest {Guest}";
}

/// <summary>Lend a monitor of a card to a presenter of the seat, or of the host's own page: of one that no session holds, or by the desktop that has it. Inverse: <see cref="TakeMonitorBack"/>.</summary>
/// <param name="Card">PCI address of its card.</param>
public sealed record LendMonitor(string Seat, string Connector, string Card) : Step(Seat)
{
    /// <summary>How far what is shown there is turned.</summary>
    public Rotation Rotation { get; init; }

    /// <summary>The desktop that is to give it; null for a lease of ours.</summary>
    public DesktopLoan? Loan { get; init; }

    public override string Sentence => Seat == Host ? $"show the host's own page on the monitor at {Connector}"
        : Loan is null ? $"lend the monitor at {Connector} to seat {Seat}"
        : Loan.IsWindow ? $"have the desktop show a window of seat {Seat} on the monitor at {Connector}" : $"have the desktop lend the monitor at {Connector} to seat {Seat}";
}

/// <summary>End the presenter of a monitor. Inverse: <see cref="LendMonitor"/>.</summary>
public sealed record TakeMonitorBack(string Seat, string Connector) : Step(Seat)
{
    public override string Sentence => $"take the monitor at {Connector} back";
}

/// <summary>Turn what is shown on a monitor another way. Inverse: the same with the way before.</summary>
public sealed record TurnMonitor(string Seat, string Connector, Rotation Rotation) : Step(Seat)
{
    public override string Sentence => Rotation == Rotation.None ? $"turn what the monitor at {Connector} shows upright"
        : string.Create(CultureInfo.InvariantCulture, $"turn what the monitor at {Connector} shows by {(int)Rotation} degrees");
}

/// <summary>Have a monitor's presenter show a guest. Inverse: <see cref="ShowNoPicture"/>.</summary>
/// <param name="Display">Which of the guest's displays, as <see cref="Guests.Guest.Screen"/> says.</param>
public sealed record ShowPicture(string Seat, string Connector, Guid Guest, string GuestName, int Display) : Step(Seat)
{
    /// <summary>Which of its screens; null where it has one.</summary>
    public GuestHead? Head { get; init; }

    public override string Sentence => Head is { } head
        ? string.Create(CultureInfo.InvariantCulture, $"show screen {head.Number + 1} of guest '{GuestName}' on the monitor at {Connector}")
        : $"show guest '{GuestName}' on the monitor at {Connector}";
}

/// <summary>Have a monitor's presenter show its status screen alone. Inverse: <see cref="ShowPicture"/>.</summary>
public sealed record ShowNoPicture(string Seat, string Connector) : Step(Seat)
{
    public override string Sentence => $"show no guest on the monitor at {Connector}";
}

/// <summary>Have a monitor's status screen say something else. Inverse: the same with the words before.</summary>
public sealed record SayOnScreen(string Seat, string Connector, ShowStatus Words) : Step(Seat)
{
    public override string Sentence => Words.Heading.Length == 0 ? $"say nothing on the monitor at {Connector}" : $"say on the monitor at {Connector}: {Words.Heading}";
}

/// <summary>Have a monitor ask who is in front of it, in place of its status screen. Inverse: <see cref="SayOnScreen"/>.</summary>
public sealed record AskOnScreen(string Seat, string Connector, AskWhoIsThere Question) : Step(Seat)
{
    public override string Sentence => $"ask on the monitor at {Connector} who is in front of it";
}

/// <summary>Take viewers of a seat from elsewhere. Inverse: <see cref="CloseRemote"/>.</summary>
public sealed record OpenRemote(string Seat, RemoteDoor Door) : Step(Seat)
{
    public override string Sentence => $"have seat {Seat} seen from elsewhere{(Door.Listen is { } listen ? $", at {listen}" : "")}";
}

/// <summary>Take them in another way; those who are there stay. Inverse: the same with the way before.</summary>
public sealed record ChangeRemote(string Seat, RemoteDoor Door) : Step(Seat)
{
    public override string Sentence => $"change how seat {Seat} is seen from elsewhere";
}

/// <summary>Take no viewers any more, and end those who are there. Inverse: <see cref="OpenRemote"/>.</summary>
public sealed record CloseRemote(string Seat) : Step(Seat)
{
    public override string Sentence => $"have seat {Seat} no longer seen from elsewhere";
}

/// <summary>Send viewers away, who see a guest that is not the seat's focus any more. Inverse: they come again.</summary>
public sealed record EndRemoteViewers(string Seat) : Step(Seat)
{
    public override string Sentence => $"send the viewers of seat {Seat} away, whose focus has moved";
}

/// <summary>Have udev give what the seats have to seats that are not the host's. Inverse: the same with the rules before.</summary>
public sealed record KeepOffHost(ValueList<HostRule> Rules) : Step(Host)
{
    public override string Sentence => Rules.Count == 0 ? "let udev give all devices to the host" : "let udev keep what the seats have off the host";
}

/// <summary>Why a card is taken from the host.</summary>
public enum GpuTaking
{
    /// <summary>The configuration names it, so that it is taken though the host would miss it.</summary>
    Named,
    /// <summary>It was chosen because it was free.</summary>
    Chosen,
}
