using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.Scenarios;

/// <summary>tests/Lender, built and brought into the PC.</summary>
static class LenderProgram
{
    const string Place = "/tmp/lender";

    /// <param name="card">Of which it lends monitors, <c>card0</c>.</param>
    public static async Task<Lender> StartAsync(Pc pc, string card, CancellationToken cancellation)
    {
        var published = Path.Combine(ThePackage.Artifacts, "lender");
        await NarratedBuild.RunAsync(
            ["dotnet", "publish", Path.Combine(ThePackage.Artifacts, "..", "tests", "Lender"), "-c", "Release", "-r", "linux-x64", "-o", published, "--nologo", "-v", "quiet"],
            "The lender could not be built", new Said(), cancellation);
        await pc.MustRunAsync($"install -m 755 {await pc.CopyInAsync(Path.Combine(published, "lender"), cancellation)} {Place}", cancellation);
        return await Lender.StartAsync(pc, Place, card, cancellation);
    }
}
