using System.Text.Json.Serialization;

namespace Phyllome.Seats.Routing;

/// <summary>Which of a guest's virtual devices: it has one keyboard, one pointer, and a clone of each device that neither can stand for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SinkKind>))]
public enum SinkKind
{
    [JsonStringEnumMemberName("keyboard")] Keyboard,
    [JsonStringEnumMemberName("pointer")] Pointer,
    /// <summary>The same device again: a touchpad, a touchscreen, a tablet, a gamepad.</summary>
    [JsonStringEnumMemberName("clone")] Clone,
}

/// <summary>A physical node that the router holds.</summary>
/// <param name="Grabbed">False while a key was still down on it when it was taken: it is grabbed at the last key-up.</param>
public sealed record RouterSource(int Input, bool Grabbed);

/// <summary>A virtual device that the router holds.</summary>
/// <param name="Input">N of its <c>inputN</c>.</param>
/// <param name="Event">M of its <c>/dev/input/eventM</c>.</param>
/// <param name="Live">
/// Whether events are written to it; otherwise they are dropped. As <see cref="SetGuestLive"/> said, until the router finds its QEMU gone.
/// </param>
public sealed record RouterSink(int Input, int Event, Guid Guest, SinkKind Kind, bool Live)
{
    /// <summary>Of a clone: of what, as <see cref="SourceClone.CloneOf"/> names it; null for a keyboard or a pointer.</summary>
    public string? CloneOf { get; init; }
}

/// <summary>A source whose events go to a clone of it, and to nothing else of the guest that is the focus.</summary>
/// <param name="CloneOf">What its clones are clones of, equal for the same device at the same place whenever it comes: at most 64 of <c>[0-9a-z]</c>.</param>
public sealed record SourceClone(int Input, string CloneOf);

/// <summary>A seat's part of the routing.</summary>
/// <param name="Sources">Input numbers of the seat's nodes. One that the router does not hold yet takes effect when it comes.</param>
/// <param name="Reach">Guests that may be its focus, <see cref="HostReach.Id"/> where the host is one. Its <see cref="HostReach.HomeOf">home</see> is the host, else the first.</param>
public sealed record SeatRoute(ValueList<int> Sources, ValueList<Guid> Reach)
{
    /// <summary>Keys that go to the host whatever the focus is, be it in reach or not.</summary>
    public ValueList<ushort> HostKeys { get; init; } = [];

    /// <summary>Those of its sources that have clones.</summary>
    public ValueList<SourceClone> Clones { get; init; } = [];

    /// <summary>What a source's clones are clones of; null where it has none.</summary>
    public string? CloneOf(int input)
    {
        foreach (var source in Clones)
        {
            if (source.Input == input)
                return source.CloneOf;
        }

        return null;
    }
}

/// <summary>A seat's route as it is in force.</summary>
/// <param name="Focus">Where its sources go now; null while its reach is empty.</param>
public sealed record RouterSeat(string Name, SeatRoute Route, Guid? Focus);

/// <summary>The chords of <c>[hotkeys]</c> as evdev key codes; an empty chord is off. Equal for all seats.</summary>
/// <param name="Focus">Its last key is the first of a row: with leftmeta+f1, leftmeta+f2 picks the second guest in reach.</param>
public sealed record Hotkeys(ValueList<ushort> Home, ValueList<ushort> Next, ValueList<ushort> Previous, ValueList<ushort> Focus);

/// <summary>Counts since the router began. No event is ever told of, only how many there were.</summary>
/// <param name="Read">Events read from sources.</param>
/// <param name="Written">Events written to sinks.</param>
/// <param name="Dropped">Events for a guest that is off or did not read for long, or for no focus.</param>
/// <param name="Overruns">SYN_DROPPED seen.</param>
/// <param name="AllocatedBytes">Allocated by the routing thread while it handled events.</param>
/// <param name="Collections">Garbage collections of the process.</param>
public sealed record RouterCounters(long Read, long Written, long Dropped, long Overruns, long AllocatedBytes, long Collections);

/// <summary>What passed of one source since the router took it. No event is ever told of, only how many there were and how long they took.</summary>
/// <param name="Batches">How often events were read: many events in one where the router is late or the device is fast.</param>
/// <param name="Dropped">Of its events: as in <see cref="RouterCounters"/>.</param>
/// <param name="Latency">
/// Reports in each bucket of <see cref="LatencyScale"/>, from the time that the kernel gave them until they were written; empty ones at the
/// end are left out.
/// </param>
public sealed record SourceCounters(int Input, long Events, long Batches, long Dropped, long Overruns, ValueList<long> Latency);

/// <summary>All that the router holds; enough for a new manager to go on.</summary>
public sealed record RouterState(
    ValueList<RouterSource> Sources, ValueList<RouterSink> Sinks, ValueList<RouterSeat> Seats, Hotkeys Hotkeys, RouterCounters Counters)
{
    /// <summary>As <see cref="SetRelease"/> said.</summary>
    public int? ReleaseAfter { get; init; }

    public static RouterState Empty { get; } = new([], [], [], new([], [], [], []), new(0, 0, 0, 0, 0, 0));
}

/// <summary>
/// What the manager says to the router: one JSON document per packet on the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/router.sock</c>. The derived types are the closed list. Each is answered by a <see cref="RouterReply"/>
/// with the same <see cref="Id"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(QueryState), "query-state")]
[JsonDerivedType(typeof(SetSeat), "set-seat")]
[JsonDerivedType(typeof(ForgetSeat), "forget-seat")]
[JsonDerivedType(typeof(SetGuestLive), "set-guest-live")]
[JsonDerivedType(typeof(CloseSource), "close-source")]
[JsonDerivedType(typeof(CloseSink), "close-sink")]
[JsonDerivedType(typeof(SetHotkeys), "set-hotkeys")]
[JsonDerivedType(typeof(SetRelease), "set-release")]
[JsonDerivedType(typeof(SetFocus), "set-focus")]
[JsonDerivedType(typeof(AskSources), "ask-sources")]
[JsonDerivedType(typeof(QueryCounters), "query-counters")]
public abstract record RouterRequest(long Id);

public sealed record QueryState(long Id) : RouterRequest(Id);

/// <summary>Answered by a <see cref="CountersReply"/>.</summary>
/// <param name="Above">Of the sources with larger numbers: all of them may not fit one packet.</param>
public sealed record QueryCounters(long Id, int Above) : RouterRequest(Id);

/// <summary>Replaces the seat's route as a whole. A focus that leaves the reach goes home; keys down in it are released first.</summary>
public sealed record SetSeat(long Id, string Seat, SeatRoute Route) : RouterRequest(Id);

public sealed record ForgetSeat(long Id, string Seat) : RouterRequest(Id);

/// <summary>
/// Whether the guest runs and its QEMU holds its sinks: from libvirt's word. Not while it is off, starting or paused. The key-ups of a
/// guest that is paused are written when it is live again, since its QEMU passes on nothing meanwhile.
/// </summary>
public sealed record SetGuestLive(long Id, Guid Guest, bool Live) : RouterRequest(Id)
{
    /// <summary>Input numbers of those of its clones that its QEMU holds: one may be attached while it runs. Nothing is written to the others.</summary>
    public ValueList<int> Clones { get; init; } = [];
}

public sealed record CloseSource(long Id, int Input) : RouterRequest(Id);

public sealed record CloseSink(long Id, int Input) : RouterRequest(Id);

public sealed record SetHotkeys(long Id, Hotkeys Hotkeys) : RouterRequest(Id);

/// <summary>Gives every source back to the host when no request of any kind has come for so long. A later router knows it too.</summary>
/// <param name="AfterSeconds">Null: never.</param>
public sealed record SetRelease(long Id, int? AfterSeconds) : RouterRequest(Id);

/// <summary>Refused with <see cref="RouterError.OutOfReach"/> where the guest is not in the seat's reach.</summary>
public sealed record SetFocus(long Id, string Seat, Guid Guest) : RouterRequest(Id);

/// <summary>
/// Tells of each of these sources, once, that a key or button went down on it (<see cref="SourceAnswered"/>), and which of these codes was
/// typed on it (<see cref="CodeTyped"/>), while it is nobody's or its seat's focus is the host. Takes the place of an earlier question. The
/// events go on to where they go anyway; what was typed is told to nobody. A router that is started anew asks nothing.
/// </summary>
/// <param name="Question">Comes back with each answer: an answer to an earlier question may be on its way.</param>
/// <param name="Sources">Input numbers; none: no more questions.</param>
/// <param name="Codes">None where any key will do. Refused with <see cref="RouterError.BadPacket"/> where they are none (<see cref="AreCodes"/>).</param>
public sealed record AskSources(long Id, long Question, ValueList<int> Sources, ValueList<string> Codes) : RouterRequest(Id)
{
    /// <summary>Whether these are codes, each told from the others: of the digits 2 to 9, which every keyboard has in the same place, all of one length.</summary>
    public static bool AreCodes(ValueList<string> codes) =>
        codes.All(code => code.Length is > 0 and <= 16 && code.Length == codes[0].Length && code.All(digit => digit is >= '2' and <= '9')) && codes.Distinct().Count() == codes.Count;
}

/// <summary>Why the router refused.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouterError>))]
public enum RouterError
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("no-such-seat")] NoSuchSeat,
    [JsonStringEnumMemberName("no-such-input")] NoSuchInput,
    [JsonStringEnumMemberName("out-of-reach")] OutOfReach,
    [JsonStringEnumMemberName("source-in-two-seats")] SourceInTwoSeats,
    [JsonStringEnumMemberName("bad-packet")] BadPacket,
}

/// <summary>What the router says to the manager, one JSON document per packet.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(RouterReply), "reply")]
[JsonDerivedType(typeof(StateReply), "state")]
[JsonDerivedType(typeof(CountersReply), "counters")]
[JsonDerivedType(typeof(FocusChanged), "focus-changed")]
[JsonDerivedType(typeof(SourceCame), "source-came")]
[JsonDerivedType(typeof(SourceGone), "source-gone")]
[JsonDerivedType(typeof(SourceAnswered), "source-answered")]
[JsonDerivedType(typeof(CodeTyped), "code-typed")]
[JsonDerivedType(typeof(SinkCame), "sink-came")]
[JsonDerivedType(typeof(SinkGone), "sink-gone")]
public abstract record RouterMessage;

public sealed record RouterReply(long Id, RouterError Error) : RouterMessage;

public sealed record StateReply(long Id, RouterState State) : RouterMessage;

/// <param name="Sources">In the order of their numbers.</param>
/// <param name="More">Whether there are some with larger numbers.</param>
public sealed record CountersReply(long Id, ValueList<SourceCounters> Sources, bool More) : RouterMessage
{
    /// <summary>Sources in one reply at most: each with every bucket in use takes less than 5 kB.</summary>
    public const int Most = 24;
}

public sealed record FocusChanged(string Seat, Guid? Focus) : RouterMessage;

public sealed record SourceCame(RouterSource Source) : RouterMessage;

public sealed record SourceGone(int Input) : RouterMessage;

/// <summary>A key or button went down on a source that <see cref="AskSources"/> asks; not which.</summary>
public sealed record SourceAnswered(long Question, int Input) : RouterMessage;

/// <param name="Index">Which of the codes of <see cref="AskSources"/>.</param>
public sealed record CodeTyped(long Question, int Input, int Index) : RouterMessage;

/// <summary>A sink is new, or other than it was.</summary>
public sealed record SinkCame(RouterSink Sink) : RouterMessage;

public sealed record SinkGone(int Input) : RouterMessage;

/// <summary>
/// What the device helper hands to the router, each packet with exactly one descriptor (SCM_RIGHTS), on the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/router-devices.sock</c> that only root can open. Answered by a <see cref="HandOverReply"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "give")]
[JsonDerivedType(typeof(GiveSource), "source")]
[JsonDerivedType(typeof(GiveSink), "sink")]
[JsonDerivedType(typeof(GiveSinkNode), "sink-node")]
public abstract record HandOver;

/// <summary>With the event node's descriptor, opened O_RDWR|O_NONBLOCK.</summary>
public sealed record GiveSource(int Input) : HandOver;

/// <summary>With the uinput descriptor, the device already created.</summary>
public sealed record GiveSink(int Input, int Event, Guid Guest, SinkKind Kind) : HandOver
{
    /// <summary>As <see cref="RouterSink.CloneOf"/>.</summary>
    public string? CloneOf { get; init; }
}

/// <summary>With the event node of a sink that was given before, opened O_RDWR|O_NONBLOCK: by it the router sees whether a QEMU holds the sink.</summary>
public sealed record GiveSinkNode(int Input) : HandOver;

/// <param name="Errno">0, or why the router could not take it (EBUSY: somebody else holds the grab; EEXIST: it has it already).</param>
public sealed record HandOverReply(int Errno);

/// <summary>The serializer of every message of the router's two sockets.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(ValueListConverter<int>), typeof(ValueListConverter<ushort>), typeof(ValueListConverter<Guid>), typeof(ValueListConverter<RouterSource>), typeof(ValueListConverter<SourceClone>), typeof(ValueListConverter<RouterSink>), typeof(ValueListConverter<RouterSeat>), typeof(ValueListConverter<SourceCounters>), typeof(ValueListConverter<long>), typeof(ValueListConverter<string>)])]
[JsonSerializable(typeof(RouterRequest))]
[JsonSerializable(typeof(RouterMessage))]
[JsonSerializable(typeof(HandOver))]
[JsonSerializable(typeof(HandOverReply))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(ushort))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(RouterSource))]
[JsonSerializable(typeof(SourceClone))]
[JsonSerializable(typeof(RouterSink))]
[JsonSerializable(typeof(RouterSeat))]
[JsonSerializable(typeof(SourceCounters))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
public sealed partial class RoutingJson : JsonSerializerContext;
