using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>
/// Between a viewer and its guest's QEMU: pictures as they come, what the viewer sends message by message. Whoever does not read makes the other end
/// wait, in buffers that do not grow; a message is held whole before it goes on, so that another can be put between two.
/// </summary>
internal sealed class Bridge(Stream viewer, Stream guest, Func<bool> isViewOnly, DoorLimits limits) : IDisposable
{
    private const int PictureBytes = 64 * 1024, InputBytes = 4 * 1024;
    private readonly ViewerInput _input = new();

    /// <summary>Who has it may write to the guest, and look at what is held.</summary>
    private readonly SemaphoreSlim _toGuest = new(1, 1);

    /// <summary>A write was broken off, so that the guest would take what comes next for the rest of that message.</summary>
    private bool _isBroken;

    /// <summary>Until one of both ends, or this is ended. What the viewer holds down is released then.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(CancellationToken end)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end);
        Task<string> pictures = EndOfAsync(CarryPicturesAsync(both.Token)), input = EndOfAsync(CarryInputAsync(both.Token));
        var reason = await await Task.WhenAny(pictures, input);
        await both.CancelAsync();
        await Task.WhenAll(pictures, input);
        // QEMU lets go of the keys of a viewer who leaves, and not of the buttons.
        await ReleaseAsync(limits.Leaving);
        return reason;
    }

    /// <summary>Releases what the viewer holds down.</summary>
    public Task ReleaseAsync() => ReleaseAsync(limits.Stall);

    public void Dispose() => _toGuest.Dispose();

    private async Task ReleaseAsync(TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time);
        try
        {
            await _toGuest.WaitAsync(limit.Token);
            try
            {
                if (!_isBroken && _input.Release() is { Length: > 0 } messages)
                    await TellGuestAsync(messages, limit.Token);
            }
            finally
            {
                _toGuest.Release();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The guest's display is gone, and with it what was held, or takes nothing more, which ends the bridge.
        }
    }

    private async Task<string> CarryPicturesAsync(CancellationToken end)
    {
        var buffer = new byte[PictureBytes];
        while (true)
        {
            int count;
            try
            {
                count = await guest.ReadAsync(buffer, end);
            }
            catch (IOException exception)
            {
                return $"the guest's display broke off: {exception.Message}";
            }

            if (count == 0)
                return "the guest's display was closed";
            using var stall = new Deadline(limits.Stall, "it took nothing of the picture", end);
            await stall.KeepAsync(cancellation => viewer.WriteAsync(buffer.AsMemory(0, count), cancellation).AsTask());
        }
    }

    private async Task<string> CarryInputAsync(CancellationToken end)
    {
        var buffer = new byte[InputBytes];
        var count = 0;
        while (true)
        {
            var read = await viewer.ReadAsync(buffer.AsMemory(count), end);
            if (read == 0)
                return "it has left";
            count += read;
            int taken;
            while ((taken = await PassOnAsync(buffer.AsMemory(0, count), end)) > 0)
            {
                count -= taken;
                buffer.AsSpan(taken, count).CopyTo(buffer);
            }

            // As large as the message that is coming, and no longer than for it.
            var wanted = Math.Max(InputBytes, ClientMessages.LengthOf(buffer.AsSpan(0, count)) ?? 0);
            if (wanted != buffer.Length)
                Array.Resize(ref buffer, wanted);
        }
    }

    private async Task<int> PassOnAsync(Memory<byte> bytes, CancellationToken end)
    {
        if (bytes.IsEmpty)
            return 0;
        await _toGuest.WaitAsync(end);
        try
        {
            var (taken, kept) = _input.Sift(bytes.Span, isViewOnly());
            if (kept == 0)
                return taken;
            using var stall = new Deadline(limits.Stall, "the guest's display took nothing of what was typed", end);
            return await stall.KeepAsync(async cancellation =>
            {
                await TellGuestAsync(bytes[..kept], cancellation);
                return taken;
            });
        }
        finally
        {
            _toGuest.Release();
        }
    }

    private async Task TellGuestAsync(ReadOnlyMemory<byte> messages, CancellationToken cancellation)
    {
        _isBroken = true;
        try
        {
            await guest.WriteAsync(messages, cancellation);
        }
        catch (IOException exception)
        {
            throw new RfbException($"the guest's display broke off: {exception.Message}");
        }

        _isBroken = false;
    }

    private static async Task<string> EndOfAsync(Task<string> way)
    {
        try
        {
            return await way;
        }
        catch (OperationCanceledException)
        {
            return "it was sent away";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }
}
