using System.Text.Json.Serialization;

namespace Phyllome.Seats.Presenting;

/// <summary>
/// What a seat's presenter is told: one JSON document a packet on a connection to the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/presenter.sock</c>, which each has a presenter of its own; it ends with the last copy of the connection.
/// The derived types are the closed list.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(TakeScreen), "take-screen")]
[JsonDerivedType(typeof(ShowGuest), "show-guest")]
[JsonDerivedType(typeof(ShowNoGuest), "show-no-guest")]
[JsonDerivedType(typeof(ShowStatus), "show-status")]
[JsonDerivedType(typeof(LookAtMonitor), "look-at-monitor")]
public abstract record PresenterOrder;

/// <summary>Show on this screen. With it comes a lease of one connector, one CRTC and their planes.</summary>
/// <param name="Seat">The seat's name, for the status screen.</param>
public sealed record TakeScreen(string Seat) : PresenterOrder;

/// <summary>Show this guest. With it comes a socket to its QEMU's D-Bus display (<c>p2p</c>).</summary>
/// <param name="Head">Which of the guest's screens, from 0.</param>
public sealed record ShowGuest(string Guest, int Head = 0) : PresenterOrder;

/// <summary>Show the status screen alone.</summary>
public sealed record ShowNoGuest : PresenterOrder;

/// <summary>What the status screen says while there is no guest's picture.</summary>
/// <param name="Heading">What is happening.</param>
/// <param name="Lines">What went wrong, and what to do.</param>
public sealed record ShowStatus(string Heading, ValueList<string> Lines) : PresenterOrder;

/// <summary>The card has told of a change at its connectors.</summary>
public sealed record LookAtMonitor : PresenterOrder;

/// <summary>What a presenter tells. The derived types are the closed list.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(ScreenTaken), "screen-taken")]
[JsonDerivedType(typeof(GuestShown), "guest-shown")]
[JsonDerivedType(typeof(GuestGone), "guest-gone")]
[JsonDerivedType(typeof(OrderRefused), "order-refused")]
public abstract record PresenterNotice;

/// <summary>The screen shows, in this mode; all zero where no monitor is there.</summary>
/// <param name="Connector">As in sysfs, without the card: <c>HDMI-A-1</c>.</param>
public sealed record ScreenTaken(string Connector, int Width, int Height, int RefreshMillihertz) : PresenterNotice;

/// <summary>A guest's picture is on the screen, or has another size now.</summary>
public sealed record GuestShown(string Guest, int Width, int Height) : PresenterNotice;

/// <summary>There is no picture of the guest any more; the status screen is shown.</summary>
public sealed record GuestGone(string Guest, string Sentence) : PresenterNotice;

/// <summary>An order was not followed.</summary>
/// <param name="Sentence">What could not be done, to what, and why.</param>
public sealed record OrderRefused(string Sentence) : PresenterNotice;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, Converters = [typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(PresenterOrder))]
[JsonSerializable(typeof(PresenterNotice))]
public sealed partial class PresentingJson : JsonSerializerContext;
