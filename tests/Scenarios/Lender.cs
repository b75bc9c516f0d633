using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.Scenarios;

/// <summary>The manager's part towards presenters, played in the PC by tests/Lender: it lends the boot card's monitors.</summary>
sealed class Lender : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>For a thousand frames, each of which an emulated processor draws and a picture is taken of.</summary>
    static readonly TimeSpan MovingPatience = TimeSpan.FromMinutes(10);

    const string Orders = "/tmp/lender.orders";
    readonly Pc _pc;
    readonly CancellationTokenSource _leaving = new();
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly Task _reading;

    Lender(Pc pc, string card)
    {
        _pc = pc;
        _reading = ReadAsync($"tail --lines=+1 --follow {Orders} | /tmp/lender {card} /run/phyllome-seats/presenter.sock 2>&1");
    }

    /// <summary>Names of the card's connectors, <c>Virtual-3</c>, in the order of the PC's outputs.</summary>
    public required IReadOnlyList<string> Connectors { get; init; }

    public static async Task<Lender> StartAsync(Pc pc, BootMonitors monitors, CancellationToken cancellation)
    {
        var published = Path.Combine(ThePackage.Artifacts, "lender");
        await NarratedBuild.RunAsync(
            ["dotnet", "publish", Path.Combine(ThePackage.Artifacts, "..", "tests", "Lender"), "-c", "Release", "-r", "linux-x64", "-o", published, "--nologo", "-v", "quiet"],
            "The lender could not be built", new Said(), cancellation);
        await pc.MustRunAsync($"install -m 755 {await pc.CopyInAsync(Path.Combine(published, "lender"), cancellation)} /tmp/lender && : > {Orders}", cancellation);
        var connectors = await monitors.ConnectorsAsync(cancellation);
        var lender = new Lender(pc, $"/dev/dri/{connectors[0].Split('-')[0]}") { Connectors = connectors.Select(name => name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..]).ToList() };
        await lender.WaitAsync(line => line == "ready", cancellation);
        return lender;
    }

    public async Task OrderAsync(string order, CancellationToken cancellation)
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
        await _pc.RunAsync("pkill -x lender", CancellationToken.None);
        await _leaving.CancelAsync();
        await _reading;
        _leaving.Dispose();
    }

    readonly List<string> _passed = [];

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
