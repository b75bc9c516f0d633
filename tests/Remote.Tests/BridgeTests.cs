using Phyllome.Seats.Remote.Viewers;

namespace Phyllome.Seats.Remote.Tests;

public sealed class BridgeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1000)]
    [InlineData(3)]
    public async Task Nothing_is_released_in_the_middle_of_a_message_that_was_broken_off(int room)
    {
        byte[] typed = [.. Messages.Key('a', true), .. Messages.CutText(new byte[100], isExtended: false)];
        using var viewer = new MemoryStream(typed);
        using var guest = new FullGuest(room);
        using var bridge = new Bridge(viewer, guest, () => false, new() { Stall = TimeSpan.FromMilliseconds(50) });
        await bridge.RunAsync(Cancellation).WaitAsync(Talk.Patience, Cancellation);
        Assert.Equal(room < typed.Length ? typed[..room] : [.. typed, .. Messages.Key('a', false)], guest.Got);
    }

    /// <summary>Takes so many bytes, then nothing until whoever writes gives up, and then all.</summary>
    private sealed class FullGuest(int room) : Stream
    {
        private int _room = room;

        public List<byte> Got { get; } = [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var taken = Math.Min(_room, buffer.Length);
            Got.AddRange(buffer[..taken].ToArray());
            if (taken == buffer.Length)
                return;
            _room = int.MaxValue;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
