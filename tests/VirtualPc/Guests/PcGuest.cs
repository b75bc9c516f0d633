using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.VirtualPc.Guests;

/// <summary>A guest of the PC, and all that it has reported since it was defined.</summary>
public sealed class PcGuest
{
    readonly Lock _gate = new();
    readonly List<GuestLine> _lines = [];
    TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Exception? _end;

    internal PcGuest(GuestRecipe recipe) => Recipe = recipe;

    public GuestRecipe Recipe { get; }
    public string Name => Recipe.Name;

    /// <summary>All lines so far, in the order in which the guest said them.</summary>
    public IReadOnlyList<GuestLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>The input events so far.</summary>
    public IReadOnlyList<GuestEvent> Received => [.. Lines.OfType<GuestEvent>()];

    /// <summary>Waits until the lines from number <paramref name="from"/> on fulfil a condition, and gives them.</summary>
    public Task<IReadOnlyList<GuestLine>> WaitForAsync(string what, Func<IReadOnlyList<GuestLine>, bool> fulfilled, TimeSpan deadline,
        int from = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fulfilled);
        return Deadline.WithinAsync(deadline, $"{what} in guest '{Name}'", async token =>
        {
            while (true)
            {
                Task more;
                IReadOnlyList<GuestLine> lines;
                lock (_gate)
                {
                    lines = [.. _lines.Skip(from)];
                    more = _more.Task;
                    if (_end is not null && !fulfilled(lines)) throw new PcException($"The report of guest '{Name}' ended before {what}.", _end);
                }
                if (fulfilled(lines)) return lines;
                await more.WaitAsync(token);
            }
        }, cancellation);
    }

    /// <summary>Waits for the next 'ready' after the first <paramref name="from"/> lines.</summary>
    public Task WaitUntilReadyAsync(TimeSpan deadline, int from = 0, CancellationToken cancellation = default) =>
        WaitForAsync("'ready'", lines => lines.OfType<GuestReady>().Any(), deadline, from, cancellation);

    /// <summary>Waits until so many input events have come.</summary>
    public async Task<IReadOnlyList<GuestEvent>> WaitForEventsAsync(int count, TimeSpan deadline, CancellationToken cancellation = default)
    {
        await WaitForAsync($"{count} input events", lines => lines.OfType<GuestEvent>().Take(count).Count() == count, deadline, 0, cancellation);
        return Received;
    }

    /// <summary>Told after each new line, on the thread that reads them.</summary>
    public event Action? Changed;

    internal void Add(GuestLine line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            Wake();
        }
        Changed?.Invoke();
    }

    internal void End(Exception why)
    {
        lock (_gate)
        {
            _end = why;
            Wake();
        }
    }

    void Wake()
    {
        _more.SetResult();
        _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
