using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Systemd;

/// <summary>Two programs over one socket, without a bus.</summary>
public sealed class PeerTests
{
    private const string Name = "org.example.Camera1", Path = "/org/example/Camera1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_and_a_descriptor_pass_over_a_socket()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        var picture = new byte[3_000_000];
        Random.Shared.NextBytes(picture);
        var seen = new TaskCompletionSource<(ushort, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (here, there) = FileDescriptor.StreamPair(nonBlocking: true);
        await using var server = BusConnection.ServePeer(here);
        await server.ExportAsync(Path, new(Name, [new("Take", [new("pipe", "h"), new("number", "q"), new("picture", "ay")], [], (caller, arguments) =>
        {
            using (var pipe = arguments.ReadDescriptor())
                Assert.Equal(1, pipe.TryWrite([42], out Errno _));
            seen.SetResult((arguments.ReadUInt16(), arguments.ReadBytes().ToArray()));
            return Task.FromResult<WriteBody?>(null);
        })], [], []));
        await using var client = BusConnection.OpenPeer(there);
        using (read)
        {
            await client.CallAsync(new(null, Path, Name, "Take", body =>
            {
                body.Write(write);
                body.Write((ushort)65535);
                body.Write(picture);
            }), Cancellation);
            write.Dispose();
            var (number, bytes) = await seen.Task;
            Assert.Equal(65535, number);
            Assert.Equal(picture, bytes);
            var buffer = new byte[2];
            Assert.Equal(1, read.TryRead(buffer, out _));
            Assert.Equal(42, buffer[0]);
            // The copies of the message and of the reader are closed, at the latest by the loops that carried them, and so the pipe ends.
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (new DescriptorWatch("the end of the pipe", read, () => !ended.TrySetResult(), ended.SetException))
                await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
            Assert.Equal(0, read.TryRead(buffer, out _));
        }
    }

    [Fact]
    public async Task The_other_end_sees_that_one_has_gone()
    {
        var (here, there) = FileDescriptor.StreamPair(nonBlocking: true);
        await using var server = BusConnection.ServePeer(here);
        await using var client = BusConnection.OpenPeer(there);
        await Assert.ThrowsAsync<BusException>(() => client.CallAsync(new(null, Path, Name, "Take"), Cancellation));
        await server.DisposeAsync();
        await Assert.ThrowsAsync<BusException>(() => client.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
    }
}
