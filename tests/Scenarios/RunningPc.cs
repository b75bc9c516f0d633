using Phyllome.Seats.Scenarios;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Phyllome.Seats.Scenarios;

/// <summary>The scenarios that share a PC; it is switched off before others start one.</summary>
[CollectionDefinition(nameof(RunningPc))]
public sealed class RunningPcCollection : ICollectionFixture<RunningPc>;

/// <summary>The one virtual PC that the scenarios share, with the package installed, and both people's devices as the last scenario left them.</summary>
public sealed class RunningPc : IAsyncLifetime
{
    TwoSeatPc? _pc;

    public TwoSeatPc Pc => _pc ?? throw new InvalidOperationException("the virtual PC is not running");

    /// <summary>All files of the PC's disk and the units, rules and sockets that run, before the package was installed.</summary>
    public IReadOnlyList<string> BeforeInstallation { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _pc = await TwoSeatPc.StartAsync(DebianRelease.Bookworm, new Said(), TestContext.Current.CancellationToken);
        BeforeInstallation = await Traces.FindAsync(_pc.Pc);
        await _pc.Pc.LeaveOneProcessorAsync(TestContext.Current.CancellationToken);
        await _pc.InstallAsync(ThePackage.Path, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pc is null) return;
        await _pc.Pc.CollectLogsAsync(Path.Combine(ThePackage.Artifacts, "scenarios"));
        await _pc.DisposeAsync();
    }
}

/// <summary>Progress on the terminal of the test run.</summary>
sealed class Said : IProgress<string>
{
    readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

    public void Report(string value) => Console.WriteLine($"[{_clock.Elapsed.TotalSeconds,5:0} s] {value}");
}
