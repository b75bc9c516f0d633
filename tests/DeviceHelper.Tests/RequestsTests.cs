using System.Text;
using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

public sealed class RequestsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly FakeMachine _machine = new();
    private readonly StringWriter _log = new();

    public void Dispose()
    {
        _machine.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void The_first_operation_that_fails_should_end_the_request()
    {
        var reply = Ask(JsonSerializer.SerializeToUtf8Bytes(
            new HelperRequest([new OpenSourceNode(12, 5), new OpenSourceNode(13, 6)]), HelpingJson.Default.HelperRequest));
        var result = Assert.Single(reply.Results);
        Assert.Equal((int)Errno.ENOENT, result.Errno);
        Assert.Contains("event5", result.Sentence, StringComparison.Ordinal);
        Assert.Contains("event5", _log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"operations":[{"do":"run","command":"sh"}]}""")]
    [InlineData("""{"operations":[{"input":1,"event":2}]}""")]
    public void What_is_not_on_the_closed_list_should_be_refused(string packet)
    {
        var reply = Ask(Encoding.UTF8.GetBytes(packet));
        Assert.Equal((int)Errno.EBADMSG, Assert.Single(reply.Results).Errno);
    }

    [Fact]
    public void Somebody_who_connects_and_leaves_should_get_nothing_done()
    {
        var (client, server) = SeqPacketSocket.Pair();
        client.Dispose();
        using (server)
            Assert.False(Requests.Serve(server, () => new(_machine.Machine, _machine.Udev), _log));
    }

    [Fact]
    public void One_connection_should_serve_request_after_request_until_it_is_closed()
    {
        var (client, server) = SeqPacketSocket.Pair();
        using (server)
        {
            var understood = false;
            var serving = new Thread(() => understood = Requests.Serve(server, () => new(_machine.Machine, _machine.Udev), _log));
            serving.Start();
            for (var request = 0; request < 3; request++)
            {
                client.Send(JsonSerializer.SerializeToUtf8Bytes(new HelperRequest([new OpenSourceNode(90 + request, 5)]), HelpingJson.Default.HelperRequest));
                Assert.Equal((int)Errno.ENOENT, Assert.Single(Reply(client).Results).Errno);
            }

            client.Dispose();
            serving.Join();
            Assert.True(understood);
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(16, "another program has grabbed it (EBUSY)")]
    [InlineData(17, "it has it already (EEXIST)")]
    public void The_routers_refusal_should_become_a_sentence(int errno, string? expected)
    {
        using var listener = _machine.Listen();
        var router = new Thread(() =>
        {
            using var connection = listener.Accept();
            var buffer = new byte[1024];
            var length = connection.Receive(buffer, Long, out var passed);
            using (passed)
            {
                Assert.NotNull(passed);
                Assert.Equal(new GiveSource(12), JsonSerializer.Deserialize(buffer.AsSpan(0, length), RoutingJson.Default.HandOver));
                connection.Send(JsonSerializer.SerializeToUtf8Bytes(new HandOverReply(errno), RoutingJson.Default.HandOverReply));
            }
        });
        router.Start();
        using var descriptor = FileDescriptor.OpenReadWrite("/dev/null", nonBlocking: true);
        var thrown = Record.Exception(() => new Operations(_machine.Machine, _machine.Udev).HandOver(new GiveSource(12), descriptor, "/dev/input/event5"));
        router.Join();
        Assert.Equal(expected is null, thrown is null);
        if (expected is not null)
            Assert.Contains(expected, Assert.IsType<OperationException>(thrown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_router_that_is_not_there_should_be_named()
    {
        using var descriptor = FileDescriptor.OpenReadWrite("/dev/null", nonBlocking: true);
        var thrown = Assert.Throws<LinuxException>(() => new Operations(_machine.Machine, _machine.Udev).HandOver(new GiveSource(12), descriptor, "/dev/input/event5"));
        Assert.Equal(Errno.ENOENT, thrown.Errno);
    }

    private HelperReply Ask(byte[] packet)
    {
        var (client, server) = SeqPacketSocket.Pair();
        using (client)
        using (server)
        {
            client.Send(packet);
            var serving = new Thread(() => Requests.Serve(server, () => new(_machine.Machine, _machine.Udev), _log));
            serving.Start();
            var reply = Reply(client);
            client.Dispose();
            serving.Join();
            return reply;
        }
    }

    private static HelperReply Reply(SeqPacketSocket client)
    {
        var buffer = new byte[SeqPacketSocket.LargestPacket];
        return JsonSerializer.Deserialize(buffer.AsSpan(0, client.Receive(buffer, Long, out _)), HelpingJson.Default.HelperReply)!;
    }
}
