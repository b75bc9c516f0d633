using Phyllome.Seats.Scenarios;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Hardware;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(RunningPc))]

namespace Phyllome.Seats.Scenarios;

/// <summary>The one virtual PC that the scenarios share, with the package installed, and both people's devices as the last scenario left them.
/// The first that needs it switches it on.</summary>
public sealed class RunningPc : IAsyncDisposable
{
    /// <summary>Where what it did, and what its monitors showed, is kept.</summary>
    public static string Logs { get; } = Path.Combine(ThePackage.Artifacts, "scenarios");

    TwoSeatPc? _pc;
    Task? _start;
    bool _isInstalled;

    public TwoSeatPc Pc => _pc ?? throw new InvalidOperationException("the virtual PC is not running");

    /// <summary>All files of the PC's disk and the units, rules and sockets that run, before the package was installed.</summary>
    public IReadOnlyList<string> BeforeInstallation { get; private set; } = [];

    /// <summary>The guests as their owner has stored them.</summary>
    public string Stored { get; private set; } = "";

    public Task<string> StoredNowAsync() => Pc.Pc.MustRunAsync("for guest in alpha beta; do virsh dumpxml --inactive --security-info $guest; done", TestContext.Current.CancellationToken);

    /// <summary>How both people came when they last came anew.</summary>
    public Arrival? Arrival { get; set; }

    /// <summary>Whether a scenario failed, and left nobody knows what to the next.</summary>
    public bool IsDisturbed { get; set; }

    /// <summary>Switches it on, once: where that failed, each scenario says so. And installs the package where a scenario has removed it.</summary>
    public async Task StartAsync()
    {
        await (_start ??= SwitchOnAsync());
        if (!_isInstalled) await InstallAsync();
    }

    /// <summary>Whoever removes the package says so.</summary>
    public void OnRemoval() => _isInstalled = false;

    async Task InstallAsync()
    {
        await Pc.InstallAsync(ThePackage.Path, TestContext.Current.CancellationToken);
        _isInstalled = true;
    }

    async Task SwitchOnAsync()
    {
        _pc = await TwoSeatPc.StartAsync(DebianRelease.Bookworm, new Said(), TestContext.Current.CancellationToken);
        Stored = await StoredNowAsync();
        BeforeInstallation = await Traces.FindAsync(_pc.Pc);
        await _pc.Pc.LeaveOneProcessorAsync(TestContext.Current.CancellationToken);
        await InstallAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_pc is null) return;
        await _pc.Pc.CollectLogsAsync(Logs);
        await _pc.DisposeAsync();
    }
}

/// <summary>Progress on the terminal of the test run.</summary>
sealed class Said : IProgress<string>
{
    readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

    public void Report(string value) => Console.WriteLine($"[{_clock.Elapsed.TotalSeconds,5:0} s] {value}");
}
