using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Screen;

/// <summary>phyllome-presenter by its own unit. In the manager's place tests/Lender makes the lease of the monitor, and gets the guest's display from libvirt.</summary>
sealed class PresenterShower(BenchPc bench) : Shower(bench)
{
    Lender? _lender;

    public override string Name => "phyllome-presenter";

    public override async Task StartAsync()
    {
        _lender = await Lender.StartAsync(Bench.Pc, "/opt/bench/lender", Bench.Card);
        await _lender.OrderAsync($"lend {Bench.Connector} bench");
        await _lender.OrderAsync($"guest {Bench.Connector} {BenchPc.Guest}");
    }

    public override async Task<IReadOnlyList<Part>> PartsAsync() =>
        [new(Name, (await Bench.Pc.MustRunAsync("systemctl list-units --state=running --plain --no-legend 'phyllome-presenter@*' | cut --delimiter=' ' --fields=1")).Trim())];

    public override async Task StopAsync()
    {
        // With the lender goes the presenter's connection, and with the presenter its lease.
        await _lender!.DisposeAsync();
        await Bench.Pc.MustRunAsync("for process in $(pgrep --exact phyllome-presen); do timeout 60 tail --follow --pid=$process /dev/null || exit; done");
    }
}
