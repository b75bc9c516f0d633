using System.Text.Json.Serialization;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Status;

/// <summary>States of a seat.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SeatState>))]
public enum SeatState
{
    /// <summary>Its devices are being taken.</summary>
    [JsonStringEnumMemberName("forming")] Forming,
    /// <summary>Its guest is being started.</summary>
    [JsonStringEnumMemberName("starting")] Starting,
    [JsonStringEnumMemberName("active")] Active,
    /// <summary>Its guest is off.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,
    /// <summary>Its devices are gone, the guest is kept.</summary>
    [JsonStringEnumMemberName("away")] Away,
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>The document of <c>seatctl status --json</c>.</summary>
/// <param name="Unassigned">Devices that no seat has: they are the host's, but for those that its policy holds.</param>
public sealed record SeatsStatus(ValueList<SeatStatus> Seats, ValueList<DeviceStatus> Unassigned, HostStatus Host)
{
    /// <summary>All guests, whether a seat has them or not; empty while libvirt cannot be asked.</summary>
    public ValueList<GuestStatus> Guests { get; init; } = [];

    /// <summary>Every device with the name of its seat; null where no seat has it.</summary>
    public IEnumerable<(DeviceStatus Device, string? Seat)> DevicesWithSeats() =>
        Seats.SelectMany(seat => seat.Devices.Select(device => (device, (string?)seat.Name))).Concat(Unassigned.Select(device => (device, (string?)null)));

    public static SeatsStatus Empty { get; } = new([], [], new([], null, 0, []));
}

/// <param name="Focus">Name of the guest that its input goes to, or 'host'; null where it goes nowhere.</param>
/// <param name="Reach">Names of the guests that it may focus, its own first; 'host' at the end where the host is one.</param>
/// <param name="Displays">The main one first.</param>
/// <param name="Problems">Sentences: what could not be done, to what, why, what to do.</param>
public sealed record SeatStatus(
    string Name, SeatState State, GuestStatus? Guest, string? Focus, ValueList<string> Reach, ValueList<DeviceStatus> Devices,
    ValueList<DisplayStatus> Displays, GpuStatus? Gpu, ValueList<string> Problems)
{
    /// <summary>Name of a user who may start, stop and focus it without a password; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>The host's processors that its guest alone has, like <c>2-5,10-13</c>; null where it has none for itself.</summary>
    public string? Processors { get; init; }

    /// <summary>How it is seen from elsewhere; null where it is not.</summary>
    public RemoteStatus? Remote { get; init; }

    /// <summary>The connector of the monitor that says what is to be said at this seat; null for none.</summary>
    [JsonIgnore]
    public string? MainMonitor => Displays.FirstOrDefault(display => display.Way is "lease" or "desktop-lease" or "window")?.Connector;
}

public sealed record GuestStatus(string Name, GuestState State)
{
    /// <summary>Whether it is off with its state saved, from which it goes on at its next start.</summary>
    public bool Saved { get; init; }

    internal static GuestStatus Of(Guest guest) => new(guest.Name, guest.State) { Saved = guest.IsSaved };
}

/// <param name="Id">What selectors and <c>explain</c> take: <c>port:1-2.3</c>, else <c>path:…</c>.</param>
/// <param name="Kind">keyboard, mouse, touchpad, touchscreen, tablet, gamepad, storage, audio, camera, printer, keys, other.</param>
/// <param name="Path">Its first event node; null where it has none.</param>
/// <param name="Claim">Why it is where it is, in words.</param>
public sealed record DeviceStatus(string Id, string Kind, string Name, string? Path, string? Claim)
{
    public ClaimReason Reason { get; init; } = ClaimReason.Host;

    /// <summary>Whether it goes to its seat's guest whole, as a USB device, rather than through the input router.</summary>
    public bool Whole { get; init; }

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>What would have put it elsewhere, and why it did not, in words.</summary>
    public ValueList<string> Refused { get; init; } = [];

    /// <summary>The seat that udev gives it to, as logind calls it, so that desktops which start later leave it alone; null where that is the host's own.</summary>
    public string? UdevSeat { get; init; }
}

/// <param name="Way">How the guest's picture gets there: passthrough; lease, by one of ours, or desktop-lease, by one that a desktop gives; window, by one over all of a monitor that a desktop shows; remote; page, where the host says what it is; null where neither is so.</param>
public sealed record DisplayStatus(string Connector, string? Monitor, string? Mode, string? Way)
{
    /// <summary>Whether it is what the card's host driver saw last: the host can't see the displays of a passed-through card.</summary>
    public bool LastSeen { get; init; }

    /// <summary>How far what is shown on it is turned clockwise, in degrees: 0, 90, 180 or 270.</summary>
    public int Rotate { get; init; }

    /// <summary>Which of the guest's screens it shows, from 0; null where it shows none, or the guest has one.</summary>
    public int? Head { get; init; }
}

/// <summary>How a seat is seen from elsewhere.</summary>
/// <param name="Socket">Where the seat's owner and root come in without a password.</param>
/// <param name="Listen">An address with its port; null where it is reached at the socket alone.</param>
/// <param name="User">The name that viewers over TCP give.</param>
/// <param name="HasPassword">Whether one was set; without, nobody comes in over TCP.</param>
/// <param name="ViewOnly">Whether viewers may look, and neither type nor point.</param>
/// <param name="Fingerprint">Of the certificate: SHA-256; null where it does not listen.</param>
public sealed record RemoteStatus(string Socket, string? Listen, string User, bool HasPassword, bool ViewOnly, string? Fingerprint, ValueList<ViewerStatus> Viewers)
{
    /// <summary>Of the certificate's public key: SHA-256 in base 64, which is what TigerVNC shows.</summary>
    public string? Pin { get; init; }
}

/// <param name="From">An address with its port, or the number of a user at the socket (<c>user 1000</c>).</param>
/// <param name="Guest">Name of the guest that they see.</param>
public sealed record ViewerStatus(string From, string Guest);

/// <param name="Mode">passthrough, virtio, or host.</param>
public sealed record GpuStatus(string Address, string? Driver, string Mode);

/// <param name="Displays">Displays that the host keeps.</param>
/// <param name="Configuration">The configuration file's error, as <c>file:line:column: sentence</c>; null where it is good or absent.</param>
/// <param name="EventsRouted">Events that the router wrote since it began: a count, never which.</param>
/// <param name="Problems">Sentences that concern no seat: libvirt or the router cannot be reached.</param>
public sealed record HostStatus(ValueList<DisplayStatus> Displays, string? Configuration, long EventsRouted, ValueList<string> Problems)
{
    /// <summary>Graphics cards that no seat has.</summary>
    public ValueList<GpuStatus> Gpus { get; init; } = [];

    /// <summary>Why the host cannot be suspended; null where it can.</summary>
    public string? NoSleep { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(ValueListConverter<SeatStatus>), typeof(ValueListConverter<DeviceStatus>), typeof(ValueListConverter<DisplayStatus>), typeof(ValueListConverter<GuestStatus>), typeof(ValueListConverter<GpuStatus>), typeof(ValueListConverter<ViewerStatus>), typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(SeatsStatus))]
[JsonSerializable(typeof(SeatStatus))]
[JsonSerializable(typeof(DeviceStatus))]
[JsonSerializable(typeof(DisplayStatus))]
[JsonSerializable(typeof(GuestStatus))]
[JsonSerializable(typeof(GpuStatus))]
[JsonSerializable(typeof(RemoteStatus))]
[JsonSerializable(typeof(ViewerStatus))]
[JsonSerializable(typeof(string))]
public sealed partial class StatusJson : JsonSerializerContext;
