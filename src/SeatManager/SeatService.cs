using Akka.Actor;
using Phyllome.Seats.Remote;
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

    public Task AssignAsync(string device, string seat, CancellationToken cancellation) =>
        AskAsync(new ChangeMemory(new AssignDevice(device, seat)), cancellation);

    public Task AddSeatAsync(string seat, string guest, string? gpu, ValueList<string> devices, CancellationToken cancellation) =>
        AskAsync(new ChangeMemory(new AddSeat(seat, guest, gpu, devices)), cancellation);

    public Task RemoveSeatAsync(string seat, CancellationToken cancellation) => AskAsync(new ChangeMemory(new RemoveSeat(seat)), cancellation);

    public Task TakeBackAsync(CancellationToken cancellation) => AskAsync(new ChangeMemory(new TakeBack()), cancellation);

    public Task IdentifyAsync(bool begin, CancellationToken cancellation) => AskAsync(new IdentifyScreens(begin), cancellation);

    public Task SetRemotePasswordAsync(string seat, string kept, CancellationToken cancellation) => AskAsync(new ChangeMemory(new SetRemotePassword(seat, kept)), cancellation);

    public Task SetRemoteViewOnlyAsync(string seat, bool viewOnly, CancellationToken cancellation) => AskAsync(new ChangeMemory(new SetRemoteViewOnly(seat, viewOnly)), cancellation);

    public Task EndRemoteViewersAsync(string seat, CancellationToken cancellation) => AskAsync(new SendViewersAway(seat), cancellation);

    public async Task<ValueList<string>> PreviewAsync(ValueList<string> words, CancellationToken cancellation)
    {
        SeatsRequest request = words.AsSpan() switch
        {
            ["seat", "start", var seat] => new StartSeat(seat),
            ["seat", "stop", var seat] => new StopSeat(seat),
            ["focus", var seat, var target] => new FocusSeat(seat, target),
            ["assign", var device, var seat] => new ChangeMemory(new AssignDevice(device, seat)),
            ["seat", "add", var seat, var guest, var gpu, .. var devices] => new ChangeMemory(new AddSeat(seat, guest, gpu.Length == 0 ? null : gpu, ValueList.Create(devices))),
            ["seat", "remove", var seat] => new ChangeMemory(new RemoveSeat(seat)),
            ["remote", var seat, "--view-only", "on"] => new ChangeMemory(new SetRemoteViewOnly(seat, ViewOnly: true)),
            ["remote", var seat, "--view-only", "off"] => new ChangeMemory(new SetRemoteViewOnly(seat, ViewOnly: false)),
            // What it will be is nobody's to know yet.
            ["remote", var seat, "--password"] => new ChangeMemory(new SetRemotePassword(seat, RemotePasswordForm.OfNone)),
            ["remote", var seat, "--end"] => new SendViewersAway(seat),
            ["identify"] => new IdentifyScreens(Begin: true),
            ["identify", "--end"] => new IdentifyScreens(Begin: false),
            ["host", "take"] => new ChangeMemory(new TakeBack()),
            _ => throw new SeatRefusedException(Refusal.Failed, $"It is not known what '{string.Join(' ', words)}' is."),
        };
        return (await AskAsync(new Preview(request), cancellation).ConfigureAwait(false)).Steps;
    }

    public Task<InputTraffic> CountTrafficAsync(CancellationToken cancellation) => AskAsync<InputTraffic>(new CountTraffic(), cancellation);

    private Task<Answer> AskAsync(SeatsRequest request, CancellationToken cancellation) => AskAsync<Answer>(request, cancellation);

    private async Task<T> AskAsync<T>(SeatsRequest request, CancellationToken cancellation)
    {
        var seats = await _seats.Task.WaitAsync(cancellation).ConfigureAwait(false);
        object answer;
        try
        {
            answer = await seats.Ask<object>(request, Patience, cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw new SeatRefusedException(Refusal.Failed, $"The manager did not come to it within {Patience.TotalMinutes:0} minutes. See: journalctl -u phyllome-seatd.");
        }

        if (answer is Answer { Refusal: { } refusal } refused)
            throw new SeatRefusedException(refusal, refused.Sentence ?? "It was refused.");
        return (T)answer;
    }
}
