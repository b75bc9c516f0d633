using System.Net.Sockets;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>Somebody who has shown that they may come in, from their question for a guest on.</summary>
internal sealed class Viewer(int number, string from, Func<bool> isViewOnly, DoorLimits limits) : IDisposable
{
    private readonly TaskCompletionSource<Admission> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private volatile Bridge? _bridge;

    public int Number => number;

    /// <summary>An address, or <c>user 1000</c>.</summary>
    public string From => from;

    /// <summary>The guest that they see, or are about to; null while they wait for the answer. For the door's thread alone.</summary>
    public string? Guest { get; private set; }

    /// <summary>They see it. For the door's thread alone.</summary>
    public bool HasCome { get; set; }

    /// <summary>From the door's thread.</summary>
    /// <returns>False where there was an answer before, or it came too late.</returns>
    public bool Answer(Admission answer)
    {
        if (!_answer.TrySetResult(answer))
            return false;
        Guest = (answer as Admission.Guest)?.Name;
        return true;
    }

    /// <summary>Sends them away.</summary>
    public void End() => _ = _end.CancelAsync();

    /// <summary>They may look only from now on: what they hold down is released.</summary>
    public Task ReleaseAsync() => _bridge?.ReleaseAsync() ?? Task.CompletedTask;

    /// <summary>Their whole stay: the answer, the guest's display, and then both ways until one end goes.</summary>
    /// <param name="came">Called when they see the guest.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> StayAsync(Stream stream, Action came, CancellationToken end)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(end, _end.Token);
        var answer = await AnswerAsync(ends.Token);
        if (answer is not Admission.Guest(var name, var socket))
        {
            var sentence = ((Admission.Nothing)answer).Sentence;
            await TellAsync(stream, sentence, ends.Token);
            return $"there was nothing to see: {sentence}";
        }

        GuestDisplay display;
        try
        {
            display = await GuestDisplay.ConnectAsync(socket, limits.Guest, ends.Token);
        }
        catch (IOException exception)
        {
            await TellAsync(stream, $"The display of guest '{name}' cannot be shown: {exception.Message}.", ends.Token);
            return $"the display of guest '{name}' cannot be shown: {exception.Message}";
        }

        using (display)
        {
            using (var handshake = new Deadline(limits.Handshake, "it was let in and did not come", ends.Token))
            {
                await handshake.KeepAsync(async cancellation =>
                {
                    await stream.AcceptAsync(cancellation);
                    // ClientInit: whether others may see the guest too. They may.
                    await stream.ReadByteAsync(cancellation);
                    await stream.WriteAsync(display.ServerInit, cancellation);
                });
            }

            using var bridge = new Bridge(stream, display.Stream, isViewOnly, limits);
            _bridge = bridge;
            try
            {
                came();
                return await bridge.RunAsync(ends.Token);
            }
            finally
            {
                _bridge = null;
            }
        }
    }

    public void Dispose() => _end.Dispose();

    private async Task<Admission> AnswerAsync(CancellationToken end)
    {
        try
        {
            return await _answer.Task.WaitAsync(limits.Answer, end);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            var late = new Admission.Nothing($"Nobody said within {limits.Answer.TotalSeconds} s which guest there is to see, so the seats' manager is not there now: try again in a minute.");
            if (!_answer.TrySetResult(late))
            {
                // Both at once: it is there after all, and closed where it is of no use.
                var answer = await _answer.Task;
                if (exception is TimeoutException)
                    return answer;
                (answer as Admission.Guest)?.Display.Dispose();
            }

            end.ThrowIfCancellationRequested();
            return late;
        }
    }

    private async Task TellAsync(Stream stream, string sentence, CancellationToken end)
    {
        using var deadline = new Deadline(limits.Handshake, "it did not take the answer", end);
        await deadline.KeepAsync(cancellation => stream.TurnAwayAsync(sentence, cancellation));
    }
}
