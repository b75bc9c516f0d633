using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.FirstRun;

/// <summary>The project's own package, built while the PC boots.</summary>
static class Package
{
    /// <summary>Runs <c>packaging/build</c> of the working directory and gives the package that it leaves in artifacts/.</summary>
    /// <exception cref="PcException">It could not be built.</exception>
    public static async Task<string> BuildAsync(IProgress<string> progress, CancellationToken cancellation)
    {
        await NarratedBuild.RunAsync(["packaging/build"], "packaging/build failed", progress, cancellation);
        return Directory.GetFiles("artifacts", "phyllome-seats_*.deb") is [var deb] ? deb
            : throw new PcException("There is more than one package in artifacts/. Delete the older ones.");
    }
}
