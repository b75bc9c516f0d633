using Phyllome.Seats.Guests;
using Phyllome.Seats.SeatManager;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Tests.Bus;

/// <summary>A manager without a machine: seats are what the test says.</summary>
internal sealed class FakeSeatService : ISeatService
{
    private volatile SeatsStatus _status = SeatsStatus.Empty;

    public event Action<SeatsStatus>? StatusChanged;

    public List<string> Done { get; } = [];

    public Func<Task> Work { get; set; } = () => Task.CompletedTask;

    public SeatsStatus Status
    {
        get => _status;
        set
        {
            _status = value;
            StatusChanged?.Invoke(value);
        }
    }

    public static SeatStatus Seat(string name) => new(
        name, SeatState.Active, new("work", GuestState.Running), "work", ["work", "windows"],
        [new("port:1-2", "keyboard", "Keyboard of the left", "/dev/input/event4", "configured: port:1-2")], [new("card1-DP-1", "Dell", "1920x1080", "passthrough")],
        new("0000:01:00.0", "vfio-pci", "passthrough"), []);

    public static SeatsStatus Of(params SeatStatus[] seats) => new(seats.ToValueList(), [], new([], null, 0, []));

    public Task StartSeatAsync(string seat, CancellationToken cancellation) => DoAsync($"start {seat}");

    public Task StopSeatAsync(string seat, CancellationToken cancellation) => DoAsync($"stop {seat}");

    public Task FocusAsync(string seat, string target, CancellationToken cancellation) => DoAsync($"focus {seat} {target}");

    public Task AssignAsync(string device, string seat, CancellationToken cancellation) => DoAsync($"assign {device} {seat}");

    public Task AddSeatAsync(string seat, string guest, string? gpu, ValueList<string> devices, CancellationToken cancellation) =>
        DoAsync($"add {seat} {guest} {gpu ?? "without"} {devices}");

    public Task RemoveSeatAsync(string seat, CancellationToken cancellation) => DoAsync($"remove {seat}");

    public Task IdentifyAsync(bool begin, CancellationToken cancellation) => DoAsync(begin ? "identify" : "identify no more");

    public Task SetRemotePasswordAsync(string seat, string kept, CancellationToken cancellation) => DoAsync($"password {seat} {kept}");

    public Task SetRemoteViewOnlyAsync(string seat, bool viewOnly, CancellationToken cancellation) => DoAsync($"view-only {seat} {viewOnly}");

    public Task EndRemoteViewersAsync(string seat, CancellationToken cancellation) => DoAsync($"send away {seat}");

    public Task TakeBackAsync(CancellationToken cancellation) => DoAsync("take");

    public Task<ValueList<string>> PreviewAsync(ValueList<string> words, CancellationToken cancellation) => Task.FromResult<ValueList<string>>([$"would {string.Join(' ', words)}"]);

    public Task<InputTraffic> CountTrafficAsync(CancellationToken cancellation) =>
        Task.FromResult<InputTraffic>(new([new("port:1-2", "keyboard", "Keyboard of the left", "/dev/input/event4", "left", 4, 2, 0, 0, [0, 2])]));

    private async Task DoAsync(string what)
    {
        await Work();
        Done.Add(what);
    }
}
