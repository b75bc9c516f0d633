using System.Net.Sockets;
using System.Text.Json.Nodes;
using Phyllome.Seats.VirtualPc.Running;
using Xunit;

namespace Phyllome.Seats.VirtualPc.Tests;

/// <summary>The other end of a real unix socket says what QEMU would say.</summary>
public sealed class QmpTests
{
    static async Task<(Qmp Ours, StreamReader Hears, StreamWriter Says)> ConnectAsync()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "qmp");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var ours = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await ours.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var stream = new NetworkStream(await listener.AcceptAsync(), ownsSocket: true);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        var hears = new StreamReader(stream);
        var says = new StreamWriter(stream) { AutoFlush = true };
        var opens = Qmp.OpenAsync(new NetworkStream(ours, ownsSocket: true), TestContext.Current.CancellationToken);
        await says.WriteLineAsync("""{"QMP": {"version": {}, "capabilities": []}}""");
        var id = (long?)JsonNode.Parse((await hears.ReadLineAsync())!)!["id"];
        await says.WriteLineAsync($$"""{"return": {}, "id": {{id}}}""");
        return (await opens, hears, says);
    }

    static async Task<long> HearAsync(StreamReader reader, string command)
    {
        var heard = JsonNode.Parse((await reader.ReadLineAsync())!)!;
        Assert.Equal(command, (string?)heard["execute"]);
        return (long)heard["id"]!;
    }

    [Fact]
    public async Task Answers_should_find_their_questions_in_any_order()
    {
        var (qmp, hears, says) = await ConnectAsync();
        await using var closing = qmp;
        var first = qmp.DoAsync("first", null, TestContext.Current.CancellationToken);
        var firstId = await HearAsync(hears, "first");
        var second = qmp.DoAsync("second", new JsonObject { ["with"] = 1 }, TestContext.Current.CancellationToken);
        var secondId = await HearAsync(hears, "second");
        await says.WriteAsync($$"""{"return": "two", "id": {{secondId}}}{{"\r\n"}}{"return": "o""");
        await says.WriteLineAsync($$"""ne", "id": {{firstId}}}""");
        Assert.Equal("one", (string?)await first);
        Assert.Equal("two", (string?)await second);
    }

    [Fact]
    public async Task An_error_should_come_with_the_command_and_the_reason()
    {
        var (qmp, hears, says) = await ConnectAsync();
        await using var closing = qmp;
        var asked = qmp.DoAsync("device_add", null, TestContext.Current.CancellationToken);
        var id = await HearAsync(hears, "device_add");
        await says.WriteLineAsync($$$"""{"error": {"class": "GenericError", "desc": "port 9 is taken"}, "id": {{{id}}}}""");
        var failure = await Assert.ThrowsAsync<PcException>(() => asked);
        Assert.Equal("The virtual PC refused 'device_add': port 9 is taken", failure.Message);
    }

    [Fact]
    public async Task A_watch_should_see_events_between_answers_and_pass_over_others()
    {
        var (qmp, hears, says) = await ConnectAsync();
        await using var closing = qmp;
        using var watch = qmp.Watch();
        var asked = qmp.DoAsync("device_del", null, TestContext.Current.CancellationToken);
        var id = await HearAsync(hears, "device_del");
        await says.WriteLineAsync("""{"event": "OTHER"}""");
        await says.WriteLineAsync("""{"event": "DEVICE_DELETED", "data": {"device": "kbd"}}""");
        await says.WriteLineAsync($$$"""{"return": {}, "id": {{{id}}}}""");
        await asked;
        var happened = await watch.NextAsync(message => (string?)message["event"] == "DEVICE_DELETED", TestContext.Current.CancellationToken);
        Assert.Equal("kbd", (string?)happened["data"]!["device"]);
    }

    [Fact]
    public async Task The_end_of_qemu_should_fail_what_was_asked_and_what_is_asked_later()
    {
        var (qmp, hears, says) = await ConnectAsync();
        await using var closing = qmp;
        var asked = qmp.DoAsync("quit", null, TestContext.Current.CancellationToken);
        await HearAsync(hears, "quit");
        using var watch = qmp.Watch();
        await says.DisposeAsync();
        await Assert.ThrowsAsync<PcException>(() => asked);
        await Assert.ThrowsAsync<PcException>(() => watch.NextAsync(_ => true, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<PcException>(() => qmp.DoAsync("more", null, TestContext.Current.CancellationToken));
    }
}
