using System.Diagnostics;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.Machines;

/// <summary>
/// Each folder of tests/data/machines is a machine (<see cref="MachineTree"/>) and, in <c>expected</c>, whether its seats can run and every verdict
/// that is not ok: <c>ready yes</c>, then lines of subject, verdict and check. PHYLLOME_MACHINES=write writes these files anew, to be read.
/// </summary>
public sealed class MachinesShould
{
    private static readonly Lazy<Dictionary<string, Diagnosis>> Diagnoses = new(() => MachineTree.Names.ToDictionary(name => name, name =>
    {
        using var tree = MachineTree.Load(name);
        return Diagnose(tree);
    }));

    public static TheoryData<string> All => [.. MachineTree.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Get_the_verdicts_that_are_written_beside_them(string name)
    {
        var said = Said(Diagnoses.Value[name]);
        var file = Path.Combine(MachineTree.Folder, name, "expected");
        if (Environment.GetEnvironmentVariable("PHYLLOME_MACHINES") == "write")
            File.WriteAllText(file, said);
        Assert.Equal(File.ReadAllText(file), said);
    }

    [Fact]
    public void Be_forty_and_try_each_check_both_ways()
    {
        Assert.True(MachineTree.Names.Count() >= 40);
        var bad = new HashSet<string>();
        var good = new HashSet<string>();
        foreach (var finding in Diagnoses.Value.Values.SelectMany(diagnosis => diagnosis.Gpus).SelectMany(gpu => gpu.Findings))
            (finding.Verdict == Verdict.Ok ? good : bad).Add(finding.Check);
        Assert.Equal(19, Checks.OfCards.Count);
        Assert.Equal(Checks.OfCards.Order(StringComparer.Ordinal), bad.Order(StringComparer.Ordinal));
        Assert.Equal(Checks.OfCards.Order(StringComparer.Ordinal), good.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Be_judged_in_under_a_hundred_milliseconds(string name)
    {
        using var tree = MachineTree.Load(name);
        // Once is enough: what is slower is whatever else the computer does.
        var best = double.MaxValue;
        for (var times = 0; times < 50 && best > 100; times++)
        {
            var clock = Stopwatch.StartNew();
            Diagnose(tree);
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{best:0.0} ms");
        Assert.InRange(best, 0, 100);
    }

    [Fact]
    public void Be_left_as_they_were()
    {
        using var tree = MachineTree.Load("nvidia-on-host");
        var before = Paths(tree);
        Diagnose(tree);
        Assert.Equal(before, Paths(tree));
    }

    [Fact]
    public void Be_explained_with_evidence_and_reason_and_remedy()
    {
        foreach (var (name, diagnosis) in Diagnoses.Value)
        {
            Assert.All(
                diagnosis.Host.Concat(diagnosis.Gpus.SelectMany(gpu => gpu.Findings)).Concat(diagnosis.Seats.SelectMany(seat => seat.Findings)),
                finding => Assert.True(
                    finding.Evidence.Length > 0 && (finding.Verdict == Verdict.Ok || finding.Why.Length > 0)
                    && (finding.Verdict != Verdict.Refuse || finding.Mend is not null || finding.Check == Checks.Gpu), $"{name}: {finding}"));
        }
    }

    [Fact]
    public void Never_be_advised_what_would_take_the_hosts_card_too()
    {
        var rebinding = Diagnoses.Value["held-by-compute"].Gpus[1].Findings.Single(finding => finding.Check == Checks.Rebinding);
        Assert.Equal("have it bound to vfio-pci from the boot on: seatctl gpu claim 0000:01:00.0", rebinding.Mend);
    }

    [Theory]
    [InlineData("libvirt-away", "apt install libvirt-daemon-system; systemctl start libvirtd")]
    [InlineData("modular-libvirt-away", "systemctl start virtqemud.socket virtnetworkd.socket virtstoraged.socket")]
    [InlineData("modular-libvirt-without-storage", "systemctl enable --now virtstoraged.socket")]
    public void Be_told_which_of_libvirts_daemons_to_start(string name, string mend) =>
        Assert.Equal(mend, Diagnoses.Value[name].Host.Single(finding => finding.Check == Checks.Libvirt).Mend);

    private static Diagnosis Diagnose(MachineTree tree) => Diagnosis.Of(MachineReader.Read(tree.Root), tree.Libvirt, tree.Configuration);

    private static IEnumerable<(string Path, DateTime Written)> Paths(MachineTree tree) =>
        [.. Directory.EnumerateFileSystemEntries(tree.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Order(StringComparer.Ordinal).Select(path => (path, File.GetLastWriteTimeUtc(path)))];

    private static string Said(Diagnosis diagnosis)
    {
        string[] lines =
        [
            $"ready {(diagnosis.Ready ? "yes" : "no")}", .. Lines("host", diagnosis.Host), .. diagnosis.Gpus.SelectMany(gpu => Lines(gpu.Function.Address, gpu.Findings)),
            .. diagnosis.Seats.SelectMany(seat => Lines($"seat {seat.Name}", seat.Findings)),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<string> Lines(string subject, IEnumerable<Finding> findings) =>
        findings.Where(finding => finding.Verdict != Verdict.Ok).Select(finding => $"{subject}: {finding.Verdict.ToString().ToLowerInvariant()} {finding.Check}");
}
