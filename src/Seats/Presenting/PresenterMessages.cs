using System.Text.Json.Serialization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Presenting;

/// <summary>
/// What a seat's presenter is told: one JSON document a packet on a connection to the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/presenter.sock</c>, which each has a presenter of its own; it ends with the last copy of the connection, or once nothing more
/// is sent on it, and ends the connection itself when it has let go of its screen.
/// The derived types are the closed list.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(TakeScreen), "take-screen")]
[JsonDerivedType(typeof(TurnScreen), "turn-screen")]
[JsonDerivedType(typeof(TakeWindow), "take-window")]
[JsonDerivedType(typeof(ShowGuest), "show-guest")]
[JsonDerivedType(typeof(ShowNoGuest), "show-no-guest")]
[JsonDerivedType(typeof(ShowStatus), "show-status")]
[JsonDerivedType(typeof(AskWhoIsThere), "ask-who-is-there")]
[JsonDerivedType(typeof(ShowNotice), "show-notice")]
[JsonDerivedType(typeof(LookAtMonitor), "look-at-monitor")]
[JsonDerivedType(typeof(TellAll), "tell-all")]
public abstract record PresenterOrder;

/// <summary>Show on this screen. With it comes a lease of one connector, one CRTC and their planes. Answered by a <see cref="ScreenTaken"/>, or refused.</summary>
/// <param name="Seat">The seat's name, for the status screen.</param>
public sealed record TakeScreen(string Seat) : PresenterOrder
{
    /// <summary>How far all that is shown is turned.</summary>
    public Rotation Rotation { get; init; }
}

/// <summary>Turn all that is shown another way.</summary>
public sealed record TurnScreen(Rotation Rotation) : PresenterOrder;

/// <summary>Show in a window over all of one of a desktop's monitors. With it comes a connection to that desktop (Wayland), of which nothing was said yet. Answered likewise, once the desktop has given the window a size.</summary>
/// <param name="Seat">The seat's name, for the status screen.</param>
/// <param name="Output">As the desktop calls the monitor.</param>
public sealed record TakeWindow(string Seat, string Output) : PresenterOrder;

/// <summary>Show this guest. With it comes a socket to its QEMU's D-Bus display (<c>p2p</c>).</summary>
/// <param name="Head">Which of the guest's screens, from 0.</param>
public sealed record ShowGuest(string Guest, int Head = 0) : PresenterOrder
{
    /// <summary>
    /// Whether the socket is one of several to this display, by way of the manager: where it is closed the pictures go on, and the same order with another
    /// socket has the guest told of this monitor again.
    /// </summary>
    public bool IsOneOfSeveral { get; init; }
}

/// <summary>Show the status screen alone.</summary>
public sealed record ShowNoGuest : PresenterOrder;

/// <summary>What the status screen says while there is no guest's picture.</summary>
/// <param name="Heading">What is happening.</param>
/// <param name="Lines">What went wrong, and what to do.</param>
public sealed record ShowStatus(string Heading, ValueList<string> Lines) : PresenterOrder
{
    /// <summary>Whose screen it is, where that is not the seat's.</summary>
    public string? Title { get; init; }
}

/// <summary>Ask for a key of the keyboard in front of this screen, in place of the status screen, until that is to say something else.</summary>
/// <param name="Screen">The screen's own name.</param>
/// <param name="Code">To be typed; null where any key will do.</param>
public sealed record AskWhoIsThere(string Screen, string? Code = null) : PresenterOrder;

/// <summary>Show a few words above whatever is shown, for two seconds. A later one takes the place of one that is there.</summary>
public sealed record ShowNotice(ValueList<string> Lines, bool IsFailure) : PresenterOrder;

/// <summary>The card has told of a change at its connectors.</summary>
public sealed record LookAtMonitor : PresenterOrder;

/// <summary>Tell what is shown, and on what: a manager that is started anew asks. Answered by a <see cref="ScreenState"/>.</summary>
public sealed record TellAll : PresenterOrder;

/// <summary>What a presenter tells. The derived types are the closed list.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(ScreenTaken), "screen-taken")]
[JsonDerivedType(typeof(GuestShown), "guest-shown")]
[JsonDerivedType(typeof(GuestGone), "guest-gone")]
[JsonDerivedType(typeof(OrderRefused), "order-refused")]
[JsonDerivedType(typeof(ScreenTakenBack), "screen-taken-back")]
[JsonDerivedType(typeof(ScreenState), "screen-state")]
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

/// <summary>Whoever had lent the screen, or a desktop that had a window there, has taken it back; the presenter ends.</summary>
/// <param name="Sentence">How that is known.</param>
public sealed record ScreenTakenBack(string Sentence) : PresenterNotice;

/// <summary>All of a presenter's state.</summary>
/// <param name="Seat">Empty before it has a screen.</param>
/// <param name="Guest">The guest that it shows, be it that nothing was drawn yet; null for none.</param>
/// <param name="Status">What the status screen says while there is no picture.</param>
/// <param name="Objects">What of the card its lease has.</param>
public sealed record ScreenState(string Seat, string? Guest, ShowStatus Status, ValueList<uint> Objects) : PresenterNotice
{
    /// <summary>What it asks in place of that; null where it asks nothing.</summary>
    public AskWhoIsThere? Question { get; init; }

    /// <summary>Which of the guest's screens, where it has several; else null.</summary>
    public int? Head { get; init; }

    /// <summary>How far all that it shows is turned.</summary>
    public Rotation Rotation { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, Converters = [typeof(ValueListConverter<string>), typeof(ValueListConverter<uint>)])]
[JsonSerializable(typeof(PresenterOrder))]
[JsonSerializable(typeof(PresenterNotice))]
[JsonSerializable(typeof(uint))]
public sealed partial class PresentingJson : JsonSerializerContext;
