namespace Phyllome.Seats.Screen;

/// <summary>A program and its systemd unit in the PC.</summary>
sealed record Part(string Program, string Unit);

/// <summary>What shows the guest on the monitor.</summary>
abstract class Shower(BenchPc bench)
{
    public abstract string Name { get; }

    /// <summary>What it consists of, once it shows the guest.</summary>
    public abstract Task<IReadOnlyList<Part>> PartsAsync();

    protected BenchPc Bench { get; } = bench;

    public abstract Task StartAsync();

    /// <summary>Comes back when the monitor is free for the next one.</summary>
    public abstract Task StopAsync();
}
