using Akka.Actor;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager;

/// <summary>The border between the actors and those who ask from outside.</summary>
internal sealed class SeatService : ISeatService
{
    /// <summary>Above every deadline of a step, whose sentence says more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource<IActorRef> _seats = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _planned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile SeatsStatus _status = SeatsStatus.Empty;

    public event Action<SeatsStatus>? StatusChanged;

    public SeatsStatus Status => _status;

    /// <summary>Ends when everything was observed once and the first plan is made.</summary>
    public Task Planned => _planned.Task;

    public void Connect(IActorRef seats) => _seats.TrySetResult(seats);

    public void Publish(SeatsStatus status)
    {
        _status = status;
        StatusChanged?.Invoke(status);
    }

    public void OnPlanned() => _planned.TrySetResult();

    public Task StartSeatAsync(string seat, CancellationToken cancellation) => AskAsync(new StartSeat(seat), cancellation);

    public Task StopSeatAsync(string seat, CancellationToken cancellation) => AskAsync(new StopSeat(seat), cancellation);

    public Task FocusAsync(string seat, string target, CancellationToken cancellation) => AskAsync(new FocusSeat(seat, target), cancellation);

    private async Task AskAsync(object request, CancellationToken cancellation)
    {
        var seats = await _seats.Task.WaitAsync(cancellation).ConfigureAwait(false);
        Answer answer;
        try
        {
            answer = await seats.Ask<Answer>(request, Patience, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw new SeatRefusedException(Refusal.Failed, $"The manager did not come to it within {Patience.TotalMinutes:0} minutes. See: journalctl -u phyllome-seatd.");
        }

        if (answer.Refusal is { } refusal)
            throw new SeatRefusedException(refusal, answer.Sentence ?? "It was refused.");
    }
}
