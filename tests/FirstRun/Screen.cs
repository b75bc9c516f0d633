using System.Diagnostics;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Spectre.Console;

namespace Phyllome.Seats.FirstRun;

/// <summary>What a person sees of the run: what is being done, and a live table of the seats. Without a terminal, one line for each change.</summary>
sealed class Screen : IProgress<string>, IAsyncDisposable
{
    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly Lock _gate = new();
    readonly bool _live = AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
    readonly TaskCompletionSource _end = new();
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    TwoSeatPc? _pc;
    Task _drawing = Task.CompletedTask;
    string _last = "";

    public TimeSpan Elapsed => _clock.Elapsed;

    public void Report(string value)
    {
        lock (_gate)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{_clock.Elapsed.TotalSeconds,5:0} s[/]  {value}");
        }
    }

    /// <summary>From now on shows the seats of a PC, and the keys that its guests received.</summary>
    public void Show(TwoSeatPc pc)
    {
        _pc = pc;
        pc.StatusChanged += _ => Change();
        pc.Alpha.Changed += Change;
        pc.Beta.Changed += Change;
        if (_live) _drawing = AnsiConsole.Live(Table()).AutoClear(false).StartAsync(DrawAsync);
    }

    async Task DrawAsync(LiveDisplayContext display)
    {
        while (true)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            display.UpdateTarget(Table());
            if (await Task.WhenAny(changed, _end.Task) == _end.Task) break;
        }
        display.UpdateTarget(Table());
    }

    void Change()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_live || _pc is null) return;
            var line = string.Join("   ", _pc.Status.Seats.Select(seat => $"{seat.Name}: {EnumWords.Of(seat.State)}, focus {seat.Focus ?? "nowhere"}"));
            if (line == _last) return;
            _last = line;
            AnsiConsole.MarkupLineInterpolated($"[grey]{_clock.Elapsed.TotalSeconds,5:0} s[/]  {line}");
        }
    }

    Table Table()
    {
        var table = new Table().RoundedBorder().AddColumns("seat", "state", "focus", "devices", "its guest", "keys received there");
        foreach (var seat in _pc!.Status.Seats)
        {
            var guest = seat.Name == _pc.Left.Name ? _pc.Alpha : _pc.Beta;
            table.AddRow(
                new Text(seat.Name), new Text(EnumWords.Of(seat.State)), new Text(seat.Focus ?? ""), new Text(string.Join('\n', seat.Devices.Select(device => device.Name))),
                new Text(seat.Guest is { } own ? $"{own.Name}, {own.State}" : ""), new Text($"{KeyStroke.In(guest.Lines).Count(stroke => stroke.Down)}"));
        }
        return table;
    }

    public async Task StopAsync()
    {
        _end.TrySetResult();
        await _drawing;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
