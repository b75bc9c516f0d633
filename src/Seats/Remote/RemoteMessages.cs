using System.Text.Json.Serialization;

namespace Phyllome.Seats.Remote;

/// <summary>
/// What the door of a seat's remote display is told: one JSON document a packet on a connection to the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/remote.sock</c>, which each has a process of its own; it ends with the last copy of the connection.
/// The derived types are the closed list.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(OpenDoor), "open-door")]
[JsonDerivedType(typeof(LetIn), "let-in")]
[JsonDerivedType(typeof(TurnAway), "turn-away")]
[JsonDerivedType(typeof(SetViewOnly), "set-view-only")]
[JsonDerivedType(typeof(EndViewers), "end-viewers")]
[JsonDerivedType(typeof(TellDoor), "tell-door")]
public abstract record RemoteOrder;

/// <summary>Take viewers of this seat. With it comes a listening stream socket (AF_UNIX); a later one changes what is not the socket.</summary>
/// <param name="Listen">Where it listens over TCP too (<c>0.0.0.0:5901</c>, <c>[::1]:5901</c>), with TLS and a password; null: at the socket alone.</param>
/// <param name="Users">Numbers of the users who may come in at the socket, without a password; root may always.</param>
/// <param name="User">The name that a viewer over TCP gives.</param>
/// <param name="Password">What of their password is kept, as <see cref="RemotePassword"/> writes it; null: nobody comes in over TCP.</param>
/// <param name="Certificate">The certificate and its key, as PEM; null where it does not listen over TCP.</param>
public sealed record OpenDoor(string Seat, string? Listen, ValueList<uint> Users, string User, string? Password, string? Certificate, bool ViewOnly) : RemoteOrder;

/// <summary>Give this viewer the display of a guest. With it comes a connected stream socket to its QEMU's VNC server, which asks for no password.</summary>
public sealed record LetIn(int Viewer, string Guest) : RemoteOrder;

/// <summary>This viewer is told why there is nothing to see.</summary>
public sealed record TurnAway(int Viewer, string Sentence) : RemoteOrder;

/// <summary>From now on viewers may look, and neither type nor point; what they hold down is released.</summary>
public sealed record SetViewOnly(bool ViewOnly) : RemoteOrder;

/// <summary>All viewers go: they see another guest when they come again.</summary>
public sealed record EndViewers : RemoteOrder;

/// <summary>Tell all: a manager that is started anew asks. Answered by a <see cref="DoorState"/>.</summary>
public sealed record TellDoor : RemoteOrder;

/// <summary>What the door tells. The derived types are the closed list.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "what")]
[JsonDerivedType(typeof(DoorOpened), "door-opened")]
[JsonDerivedType(typeof(ViewerAsks), "viewer-asks")]
[JsonDerivedType(typeof(ViewerCame), "viewer-came")]
[JsonDerivedType(typeof(ViewerGone), "viewer-gone")]
[JsonDerivedType(typeof(DoorRefused), "door-refused")]
[JsonDerivedType(typeof(DoorState), "door-state")]
public abstract record RemoteNotice;

/// <summary>An <see cref="OpenDoor"/> was followed.</summary>
public sealed record DoorOpened(string Seat) : RemoteNotice;

/// <summary>Somebody has shown that they may come in, and waits for a <see cref="LetIn"/> or a <see cref="TurnAway"/>, for 20 s at most.</summary>
/// <param name="Viewer">Never used again by this process.</param>
/// <param name="From">An address with its port, or the number of a user at the socket (<c>user 1000</c>).</param>
public sealed record ViewerAsks(int Viewer, string From) : RemoteNotice;

/// <summary>They see the guest.</summary>
public sealed record ViewerCame(int Viewer, string From, string Guest) : RemoteNotice;

/// <summary>They have left, or were sent away.</summary>
public sealed record ViewerGone(int Viewer) : RemoteNotice;

/// <summary>An order was not followed.</summary>
/// <param name="Sentence">What could not be done, to what, why, and what to do.</param>
public sealed record DoorRefused(string Sentence) : RemoteNotice;

/// <summary>All of a door's state.</summary>
/// <param name="Seat">Empty before it was opened.</param>
/// <param name="Viewers">Who sees a guest.</param>
public sealed record DoorState(string Seat, string? Listen, bool ViewOnly, ValueList<ViewerCame> Viewers) : RemoteNotice;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, Converters = [typeof(ValueListConverter<ViewerCame>), typeof(ValueListConverter<uint>)])]
[JsonSerializable(typeof(RemoteOrder))]
[JsonSerializable(typeof(RemoteNotice))]
[JsonSerializable(typeof(uint))]
public sealed partial class RemoteJson : JsonSerializerContext;
