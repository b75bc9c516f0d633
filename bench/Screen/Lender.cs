using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Screen;

/// <summary>tests/Lender in the PC, by its orders and what it says.</summary>
sealed class Lender : IAsyncDisposable
{
    const string Orders = "/tmp/lender.orders";
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    readonly Pc _pc;
    readonly CancellationTokenSource _leaving = new();
    readonly IAsyncEnumerator<string> _lines;

    Lender(Pc pc, string card)
    {
        _pc = pc;
        // The shell would say 'Terminated' on the terminal.
        _lines = pc.StreamLinesAsync($"exec 2> /dev/null; tail --lines=+1 --follow {Orders} | /opt/bench/lender /dev/dri/{card} /run/phyllome-seats/presenter.sock 2>&1", _leaving.Token)
            .GetAsyncEnumerator(_leaving.Token);
    }

    public static async Task<Lender> StartAsync(Pc pc, string card)
    {
        await pc.MustRunAsync($": > {Orders}");
        var lender = new Lender(pc, card);
        await lender.SaysAsync("ready");
        return lender;
    }

    public async Task OrderAsync(string order)
    {
        await _pc.MustRunAsync($"echo '{order}' >> {Orders}");
        await SaysAsync($"done {order}");
    }

    public async Task SaysAsync(string wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (await _lines.MoveNextAsync().AsTask().WaitAsync(limit.Token))
            {
                if (_lines.Current == wanted)
                    return;
                if (_lines.Current.StartsWith("failed ", StringComparison.Ordinal))
                    throw new PcException(_lines.Current);
            }

            throw new PcException($"The lender ended before it said '{wanted}'.");
        }
        catch (OperationCanceledException)
        {
            throw new PcException($"Waited {Patience.TotalSeconds:0} s in vain for the lender to say '{wanted}'.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _pc.RunAsync("pkill --exact lender; pkill --full 'tail .*lender[.]orders'");
        await _leaving.CancelAsync();
        try
        {
            await _lines.DisposeAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or NotSupportedException)
        {
            // It was waited for in vain, as said.
        }

        _leaving.Dispose();
    }
}
