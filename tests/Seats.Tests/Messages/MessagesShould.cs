using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Messages;

/// <summary>The contracts between the processes, as they go over the sockets.</summary>
public sealed class MessagesShould
{
    private static readonly Guid Windows = new("0fa1c7de-0000-4000-8000-000000000001");
    private static readonly RouterState State = new(
        [new(3, true)], [new(40, 41, Windows, SinkKind.Pointer, false)], [new("left", new([3, 4], [Windows]), Windows), new("right", new([], []), null)],
        new([29, 97], [125, 15], [], []), new(1, 2, 3, 4, 5, 6));

    public static TheoryData<string, RouterRequest> Requests => new()
    {
        { """{"do":"query-state","id":1}""", new QueryState(1) },
        { $$$"""{"do":"set-seat","id":2,"seat":"left","route":{"sources":[3,4],"reach":["{{{Windows}}}"],"host-keys":[113],"clones":[{"input":4,"clone-of":"a1"}]}}""", new SetSeat(2, "left", new([3, 4], [Windows]) { HostKeys = [113], Clones = [new(4, "a1")] }) },
        { """{"do":"forget-seat","id":3,"seat":"left"}""", new ForgetSeat(3, "left") },
        { $$"""{"do":"set-guest-live","id":4,"guest":"{{Windows}}","live":true,"clones":[42]}""", new SetGuestLive(4, Windows, true) { Clones = [42] } },
        { """{"do":"close-source","id":5,"input":3}""", new CloseSource(5, 3) },
        { """{"do":"close-sink","id":6,"input":40}""", new CloseSink(6, 40) },
        { """{"do":"set-hotkeys","id":7,"hotkeys":{"home":[29,97],"next":[],"previous":[],"focus":[]}}""", new SetHotkeys(7, new([29, 97], [], [], [])) },
        { """{"do":"set-release","id":10,"after-seconds":30}""", new SetRelease(10, 30) },
        { """{"do":"query-counters","id":9,"above":3}""", new QueryCounters(9, 3) },
        { """{"do":"ask-sources","id":11,"question":2,"sources":[3,4],"codes":["4827"]}""", new AskSources(11, 2, [3, 4], ["4827"]) },
        { $$"""{"do":"set-focus","id":8,"seat":"left","guest":"{{Windows}}"}""", new SetFocus(8, "left", Windows) },
    };

    public static TheoryData<string, RouterMessage> Replies => new()
    {
        { """{"is":"reply","id":1,"error":"source-in-two-seats"}""", new RouterReply(1, RouterError.SourceInTwoSeats) },
        { $$"""{"is":"focus-changed","seat":"left","focus":"{{Windows}}"}""", new FocusChanged("left", Windows) },
        { """{"is":"focus-changed","seat":"left","focus":null}""", new FocusChanged("left", null) },
        { """{"is":"source-came","source":{"input":3,"grabbed":false}}""", new SourceCame(new(3, false)) },
        { """{"is":"source-gone","input":3}""", new SourceGone(3) },
        { """{"is":"source-answered","question":2,"input":3}""", new SourceAnswered(2, 3) },
        { """{"is":"code-typed","question":2,"input":3,"index":1}""", new CodeTyped(2, 3, 1) },
        { $$$"""{"is":"sink-came","sink":{"input":40,"event":41,"guest":"{{{Windows}}}","kind":"keyboard","live":true,"clone-of":null}}""", new SinkCame(new(40, 41, Windows, SinkKind.Keyboard, true)) },
        { $$$"""{"is":"sink-came","sink":{"input":42,"event":43,"guest":"{{{Windows}}}","kind":"clone","live":true,"clone-of":"a1"}}""", new SinkCame(new(42, 43, Windows, SinkKind.Clone, true) { CloneOf = "a1" }) },
        { """{"is":"counters","id":9,"sources":[{"input":3,"events":6,"batches":2,"dropped":0,"overruns":0,"latency":[0,2]}],"more":false}""", new CountersReply(9, [new(3, 6, 2, 0, 0, [0, 2])], false) },
        { """{"is":"sink-gone","input":40}""", new SinkGone(40) },
    };

    public static TheoryData<string, HandOver> HandOvers => new()
    {
        { """{"give":"source","input":3}""", new GiveSource(3) },
        { """{"give":"sink-node","input":3}""", new GiveSinkNode(3) },
        { $$"""{"give":"sink","input":40,"event":41,"guest":"{{Windows}}","kind":"pointer","clone-of":null}""", new GiveSink(40, 41, Windows, SinkKind.Pointer) },
        { $$"""{"give":"sink","input":40,"event":41,"guest":"{{Windows}}","kind":"clone","clone-of":"a1"}""", new GiveSink(40, 41, Windows, SinkKind.Clone) { CloneOf = "a1" } },
    };

    public static TheoryData<string, HelperOperation> Operations => new()
    {
        { """{"do":"open-source","input":3,"event":4}""", new OpenSourceNode(3, 4) },
        { $$"""{"do":"create-sink","guest":"{{Windows}}","name":"windows","kind":"keyboard"}""", new CreateSinkNode(Windows, "windows", SinkKind.Keyboard) },
        { $$"""{"do":"create-clone","guest":"{{Windows}}","clone-of":"a1","input":3,"event":4}""", new CreateCloneNode(Windows, "a1", 3, 4) },
        { """{"do":"open-card","address":"0000:00:02.0"}""", new OpenCard("0000:00:02.0") },
        { """{"do":"steer-interrupts","cpus":[0,3]}""", new SteerInterrupts([0, 3]) },
    };

    [Theory, MemberData(nameof(Requests))]
    public void Ask_the_router_in_these_words(string json, RouterRequest request) => AssertSame(json, request, RoutingJson.Default.RouterRequest);

    [Theory, MemberData(nameof(Replies))]
    public void Hear_from_the_router_in_these_words(string json, RouterMessage message) => AssertSame(json, message, RoutingJson.Default.RouterMessage);

    [Theory, MemberData(nameof(HandOvers))]
    public void Hand_over_in_these_words(string json, HandOver handOver) => AssertSame(json, handOver, RoutingJson.Default.HandOver);

    [Theory, MemberData(nameof(Operations))]
    public void Ask_the_helper_in_these_words(string json, HelperOperation operation)
    {
        AssertSame(json, operation, HelpingJson.Default.HelperOperation);
        AssertSame($$"""{"operations":[{{json}}]}""", new([operation]), HelpingJson.Default.HelperRequest);
    }

    [Fact]
    public void Answer_in_these_words()
    {
        AssertSame("""{"errno":16}""", new(16), RoutingJson.Default.HandOverReply);
        AssertSame(
            """{"results":[{"errno":0,"sentence":null,"input":3,"event":4},{"errno":19,"sentence":"gone","input":0,"event":0}]}""",
            new([new(0, null, 3, 4), new(19, "gone", 0, 0)]), HelpingJson.Default.HelperReply);
    }

    [Fact]
    public void Tell_a_new_manager_all_that_the_router_holds() => AssertSame(
        $$$$$$"""
        {"is":"state","id":9,"state":{"sources":[{"input":3,"grabbed":true}],"sinks":[{"input":40,"event":41,"guest":"{{{{{{Windows}}}}}}","kind":"pointer","live":false,"clone-of":null}],"seats":[{"name":"left","route":{"sources":[3,4],"reach":["{{{{{{Windows}}}}}}"],"host-keys":[],"clones":[]},"focus":"{{{{{{Windows}}}}}}"},{"name":"right","route":{"sources":[],"reach":[],"host-keys":[],"clones":[]},"focus":null}],"hotkeys":{"home":[29,97],"next":[125,15],"previous":[],"focus":[]},"counters":{"read":1,"written":2,"dropped":3,"overruns":4,"allocated-bytes":5,"collections":6},"release-after":null}}
        """,
        new StateReply(9, State), RoutingJson.Default.RouterMessage);

    [Fact]
    public void Have_the_status_document_that_scripts_read()
    {
        var status = new SeatsStatus(
            [new("left", SeatState.Waiting, new("windows", GuestState.Off), "windows", ["windows"], [new("port:1-2", "keyboard", "K", "/dev/input/event4", "configured: port:1-2")],
                [new("card1-DP-1", null, "1920x1080", "passthrough")], new("0000:01:00.0", "vfio-pci", "passthrough"), ["a sentence"])],
            [], new([], null, 7, []));
        var json = JsonSerializer.Serialize(status, StatusJson.Default.SeatsStatus);

        Assert.Equal(status, JsonSerializer.Deserialize(json, StatusJson.Default.SeatsStatus));
        var seat = JsonDocument.Parse(json).RootElement.GetProperty("seats")[0];
        Assert.Equal(
            ["name", "state", "guest", "focus", "reach", "devices", "displays", "gpu", "problems", "owner", "processors", "remote"], seat.EnumerateObject().Select(property => property.Name));
        Assert.Equal("waiting", seat.GetProperty("state").GetString());
        Assert.Equal("""{"name":"windows","state":"off","saved":false}""", JsonSerializer.Serialize(status.Seats[0].Guest!, StatusJson.Default.GuestStatus).ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"do":"run-anything","id":1}""")]
    [InlineData("""{"do":"set-focus","id":1,"seat":"left"}""")]
    [InlineData("""{"do":"set-focus","id":1,"seat":null,"guest":"0fa1c7de-0000-4000-8000-000000000001"}""")]
    [InlineData("""{"do":"close-source","id":1,"input":"3"}""")]
    [InlineData("""{"do":"set-seat","id":2,"seat":"left","route":{"sources":null,"reach":[]}}""")]
    [InlineData("""{"do":"query-state",""")]
    [InlineData("")]
    public void Refuse_a_request_that_is_not_of_the_closed_list(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, RoutingJson.Default.RouterRequest));

    /// <summary>Not a JsonException: whoever reads a socket has to expect both.</summary>
    [Fact]
    public void Refuse_a_message_that_does_not_say_what_it_is()
    {
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize("""{"id":1}""", RoutingJson.Default.RouterRequest));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize("""{"operations":[{}]}""", HelpingJson.Default.HelperRequest));
    }

    [Fact]
    public void Refuse_unknown_words_in_every_other_message()
    {
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"is":"x"}""", RoutingJson.Default.RouterMessage));
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"is":"reply","id":1,"error":"x"}""", RoutingJson.Default.RouterMessage));
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"give":"x"}""", RoutingJson.Default.HandOver));
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"operations":[{"do":"x"}]}""", HelpingJson.Default.HelperRequest));
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"operations":[null]}""", HelpingJson.Default.HelperRequest));
    }

    private static void AssertSame<T>(string json, T message, JsonTypeInfo<T> contract)
    {
        // The order of the keys is nobody's concern.
        var written = JsonSerializer.Serialize(message, contract);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(json), JsonElement.Parse(written)), written);
        Assert.Equal(message, JsonSerializer.Deserialize(json, contract));
    }
}
