using System.Text.Json.Serialization;

namespace Phyllome.Seats.Desktops;

/// <summary>
/// What the agent in a desktop's session is asked: one JSON document a packet on the connection that it makes to the manager's SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/desktop/manager.sock</c>. Whatever is lent goes back with the last copy of the connection. The derived types are the closed list.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(GiveLease), "give-lease")]
[JsonDerivedType(typeof(GiveWindow), "give-window")]
[JsonDerivedType(typeof(TakeLoanBack), "take-back")]
[JsonDerivedType(typeof(TellDesktop), "tell-desktop")]
public abstract record DesktopOrder;

/// <summary>Have the desktop lease a monitor that it offers. Answered by a <see cref="LoanGiven"/> or a <see cref="LoanRefused"/>.</summary>
/// <param name="Connector">The kernel's name, <c>card0-DP-1</c>.</param>
public sealed record GiveLease(string Connector) : DesktopOrder;

/// <summary>Connect to the desktop anew, for a window on a monitor that it shows. Answered as <see cref="GiveLease"/> is; it goes back when that connection is closed.</summary>
/// <param name="Connector">The kernel's name, <c>card0-DP-1</c>.</param>
public sealed record GiveWindow(string Connector) : DesktopOrder;

/// <summary>The desktop has what it had leased again.</summary>
public sealed record TakeLoanBack(string Connector) : DesktopOrder;

/// <summary>Tell all: a manager that is started anew asks. Answered by a <see cref="DesktopHas"/>.</summary>
public sealed record TellDesktop : DesktopOrder;

/// <summary>What the agent tells. The derived types are the closed list.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(DesktopHas), "desktop-has")]
[JsonDerivedType(typeof(LoanGiven), "given")]
[JsonDerivedType(typeof(LoanRefused), "refused")]
[JsonDerivedType(typeof(LoanEnded), "ended")]
public abstract record DesktopNotice;

/// <summary>All that its desktop has; told from the beginning, and whenever it has changed.</summary>
/// <param name="Cards">Nodes of the cards of which it can lease, <c>card0</c>.</param>
/// <param name="Outputs">The monitors that it shows, as it calls them: the kernel's names without the card, <c>DP-1</c>.</param>
/// <param name="Offered">The monitors that it offers for lease, <c>card0-DP-2</c>.</param>
/// <param name="Lent">Those that the manager has a lease of.</param>
public sealed record DesktopHas(ValueList<string> Cards, ValueList<string> Outputs, ValueList<string> Offered, ValueList<string> Lent) : DesktopNotice
{
    private const int Most = 64, Longest = 64;

    public static DesktopHas Nothing { get; } = new([], [], [], []);

    /// <summary>Whether it can be what a desktop has: it is told by a person's process.</summary>
    [JsonIgnore]
    public bool IsSane => new[] { Cards, Outputs, Offered, Lent }.All(names =>
        names.Count <= Most && names.All(name => name.Length is > 0 and <= Longest && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':')));
}

/// <summary>A lease, or a connection for a window: it is beside the message.</summary>
public sealed record LoanGiven(string Connector) : DesktopNotice;

/// <summary>There is none.</summary>
/// <param name="Sentence">Why.</param>
public sealed record LoanRefused(string Connector, string Sentence) : DesktopNotice;

/// <summary>The desktop has taken back what it had given.</summary>
public sealed record LoanEnded(string Connector) : DesktopNotice;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, Converters = [typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(DesktopOrder))]
[JsonSerializable(typeof(DesktopNotice))]
[JsonSerializable(typeof(string))]
public sealed partial class DesktopsJson : JsonSerializerContext;
