using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.TwoSeats;

/// <summary>The manager's part towards presenters, played in the PC by tests/Lender: it lends a card's monitors, by orders in a file, and says what presenters tell.</summary>
public sealed class Lender : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>For a thousand frames, each of which an emulated processor draws and a picture is taken of.</summary>
    static readonly TimeSpan MovingPatience = TimeSpan.FromMinutes(10);

    const string Orders = "/tmp/lender.orders";
    readonly Pc _pc;
    readonly CancellationTokenSource _leaving = new();
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly List<string> _passed = [];
    readonly Task _reading;

    Lender(Pc pc, string command)
    {
        _pc = pc;
        // The shell would say 'Terminated' on the terminal.
        _reading = ReadAsync($"exec 2> /dev/null; tail --lines=+1 --follow {Orders} | {command} 2>&1");
    }

    /// <param name="program">Where tests/Lender is in the PC.</param>
    /// <param name="card">Of which it lends monitors, <c>card0</c>; it becomes that card's master.</param>
    public static async Task<Lender> StartAsync(Pc pc, string program, string card, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pc);
        await pc.MustRunAsync($": > {Orders}", cancellation);
        var lender = new Lender(pc, $"{program} /dev/dri/{card} /run/phyllome-seats/presenter.sock");
        try
        {
            await lender.WaitAsync(line => line == "ready", cancellation);
            return lender;
        }
        catch
        {
            await lender.DisposeAsync();
            throw;
        }
    }

    public async Task OrderAsync(string order, CancellationToken cancellation = default)
    {
        await _pc.MustRunAsync($"echo '{order}' >> {Orders}", cancellation);
        await WaitAsync(line => line.StartsWith("failed", StringComparison.Ordinal) ? throw new PcException(line) : line == "done " + order, cancellation);
    }

    /// <summary>What the presenter of a connector tells next of this kind.</summary>
    public async Task<T> NoticeAsync<T>(string connector, CancellationToken cancellation, Func<T, bool>? wanted = null) where T : PresenterNotice
    {
        T? found = null;
        await WaitAsync(line => line.StartsWith(connector + " {", StringComparison.Ordinal)
            && JsonSerializer.Deserialize(line[(connector.Length + 1)..], PresentingJson.Default.PresenterNotice) is T notice
            && wanted?.Invoke(notice) != false && (found = notice) is not null, cancellation);
        return found!;
    }

    /// <summary>Frames that a moving guest was answered when it has shown all, and the longest time until an answer.</summary>
    public async Task<(int Answered, int LongestMilliseconds)> MovedAsync(string connector, CancellationToken cancellation)
    {
        var words = Array.Empty<string>();
        await WaitAsync(line => line.StartsWith(connector + " moved ", StringComparison.Ordinal) && (words = line.Split(' ')) is not [], cancellation, MovingPatience);
        return words is [_, _, var answered, var longest]
            ? (int.Parse(answered, CultureInfo.InvariantCulture), int.Parse(longest, CultureInfo.InvariantCulture))
            : throw new PcException(string.Join(' ', words));
    }

    public Task EndedAsync(string connector, CancellationToken cancellation) => WaitAsync(line => line == connector + " ended", cancellation);

    public async ValueTask DisposeAsync()
    {
        // It is master of the card for as long as it lives, and its input goes on for as long as somebody reads it.
        await _pc.RunAsync("pkill --exact lender; pkill --full 'tail .*lender[.]orders'", CancellationToken.None);
        await _leaving.CancelAsync();
        await _reading;
        _leaving.Dispose();
    }

    // What another wait has passed over still counts.
    async Task WaitAsync(Func<string, bool> wanted, CancellationToken cancellation, TimeSpan? patience = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience ?? Patience);
        foreach (var passed in _passed)
        {
            if (!wanted(passed)) continue;
            _passed.Remove(passed);
            return;
        }
        try
        {
            while (true)
            {
                var line = await _lines.Reader.ReadAsync(limit.Token);
                if (wanted(line)) return;
                _passed.Add(line);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException && !cancellation.IsCancellationRequested)
        {
            throw new PcException($"Waited in vain for what the presenters tell. Not waited for was:\n{string.Join('\n', _passed)}");
        }
    }

    async Task ReadAsync(string command)
    {
        try
        {
            await foreach (var line in _pc.StreamLinesAsync(command, _leaving.Token)) _lines.Writer.TryWrite(line);
        }
        catch (Exception exception) when (exception is OperationCanceledException or PcException)
        {
            // the test is over, or the lines say why not
        }
        _lines.Writer.TryComplete();
    }
}
