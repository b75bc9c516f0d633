using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.SeatManager.Steps;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Steps;

public sealed class HelperClientTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly HelperRequest Request = new([new OpenSourceNode(12, 5)]);

    private readonly Scratch _scratch = new();
    private readonly SeqPacketSocket _listening;
    private readonly HelperClient _client;

    public HelperClientTests()
    {
        _listening = SeqPacketSocket.Listen(_scratch["helper.sock"]);
        _client = new(_scratch["helper.sock"], Long);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _listening.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Requests_in_a_row_should_be_asked_of_one_helper_which_is_let_go_afterwards()
    {
        var asked = Task.Run(Accept, Cancellation);
        for (var request = 0; request < 3; request++)
            Assert.Single((await _client.AskAsync(Request, Cancellation)).Results);
        Assert.Equal(3, await asked.WaitAsync(Long, Cancellation));
        Assert.Equal(PollEvents.None, Poll.Wait(_listening.Descriptor, PollEvents.In, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_helper_that_is_gone_should_be_followed_by_another()
    {
        for (var helper = 0; helper < 2; helper++)
        {
            var gone = Task.Run(() =>
            {
                using var connection = _listening.Accept();
                Answer(connection);
            }, Cancellation);
            Assert.Single((await _client.AskAsync(Request, Cancellation)).Results);
            await gone.WaitAsync(Long, Cancellation);
        }
    }

    [Fact]
    public async Task Two_at_once_should_have_a_helper_each()
    {
        var both = Task.WhenAll(_client.AskAsync(Request, Cancellation), _client.AskAsync(Request, Cancellation));
        using var one = _listening.Accept();
        using var other = _listening.Accept();
        Answer(other);
        Answer(one);
        Assert.All(await both.WaitAsync(Long, Cancellation), reply => Assert.Single(reply.Results));
    }

    /// <returns>How many requests came before the connection was closed.</returns>
    private int Accept()
    {
        using var connection = _listening.Accept();
        var count = 0;
        while (Answer(connection))
            count++;
        return count;
    }

    private static bool Answer(SeqPacketSocket connection)
    {
        var length = connection.Receive(new byte[SeqPacketSocket.LargestPacket], Long, out _);
        if (length > 0)
            connection.Send(JsonSerializer.SerializeToUtf8Bytes(new HelperReply([new(0, null, 12, 5)]), HelpingJson.Default.HelperReply));
        return length > 0;
    }
}
