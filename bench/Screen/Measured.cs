using System.Globalization;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.Screen;

/// <summary>What one part of a shower took: milliseconds of processor time, and megabytes: of its address space in memory, its share of that, and all that
/// the kernel counts for its unit, pictures in the card's memory among it.</summary>
sealed record Taken(double Processor, double Resident, double Share, double Unit)
{
    public static Taken operator +(Taken one, Taken other) =>
        new(one.Processor + other.Processor, one.Resident + other.Resident, one.Share + other.Share, one.Unit + other.Unit);
}

/// <summary>What showing the guest has cost for a while.</summary>
/// <param name="Frames">How often the guest's QEMU has announced a change.</param>
/// <param name="Latencies">Milliseconds from each to the next commit, in order. A commit after the next change counts for the former one too, so that who is later than
/// that is taken for earlier than it is.</param>
/// <param name="Changed">The sizes of what changed, and how often.</param>
sealed record Measured(int Frames, int Commits, IReadOnlyList<double> Latencies, IReadOnlyDictionary<string, Taken> Parts, string Changed)
{
    /// <summary>As proc(5) counts them.</summary>
    const double Kilobyte = 1024;

    public Taken Whole => Parts.Values.Aggregate((one, other) => one + other);

    public double Latency(double part) => Latencies[(int)(part * (Latencies.Count - 1))];

    public static Measured Read(IReadOnlyList<Part> parts, string[] lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var words = lines.Select(line => line.Split(' ')).ToList();
        double Figure(string what, string unit, int at) => words.FirstOrDefault(line => line.Length > at && line[0] == what && line[1] == unit) is { } line
            && double.TryParse(line[at], CultureInfo.InvariantCulture, out var figure)
            ? figure
            : throw new PcException($"The virtual PC did not say '{what}' of {unit}:\n{string.Join('\n', lines.Take(20))}");
        var taken = parts.ToDictionary(part => part.Program, part => new Taken(
            (Figure("after", part.Unit, 2) - Figure("before", part.Unit, 2)) / 1000,
            Figure("memory", part.Unit, 3) * Kilobyte / 1e6, Figure("memory", part.Unit, 4) * Kilobyte / 1e6, Figure("memory", part.Unit, 2) / 1e6));

        var events = lines.Select(Probes.Read).OfType<(double At, (int Width, int Height)? Announced)>().ToList();
        var commits = events.Where(one => one.Announced is null).Select(one => one.At).ToList();
        var announced = events.Where(one => one.Announced is not null).ToList();
        List<double> latencies =
        [
            .. announced.Select(one => commits.FirstOrDefault(commit => commit >= one.At, double.NaN) - one.At).Where(double.IsFinite).Order(),
        ];
        if (latencies.Count == 0)
            throw new PcException($"The guest's picture changed {announced.Count} times and {commits.Count} commits came: there is nothing to compare.");
        var changed = string.Join(", ", announced.CountBy(one => one.Announced!.Value).OrderByDescending(size => size.Value).Select(size => $"{size.Value} of {size.Key.Width} x {size.Key.Height}"));
        return new(announced.Count, commits.Count, latencies, taken, changed);
    }

    public override string ToString()
    {
        var parts = Parts.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key}: {part.Value.Processor / Frames:0.00} ms a change, {part.Value.Resident:0.0} MB"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Frames} changes ({Changed}), {Commits} commits, {Latency(0.5):0.0} ms at p50, {Latency(0.9):0.0} at p90; {string.Join(", ", parts)}");
    }
}
