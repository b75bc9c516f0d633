using System.Collections.Concurrent;
using System.Diagnostics;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.FirstRun;

/// <summary>The project's own package, built while the PC boots.</summary>
static class Package
{
    /// <summary>Runs <c>packaging/build</c> of the working directory and gives the package that it leaves in artifacts/.</summary>
    /// <exception cref="PcException">It could not be built; the last lines that were said are in the message.</exception>
    public static async Task<string> BuildAsync(IProgress<string> progress, CancellationToken cancellation)
    {
        using var build = Process.Start(new ProcessStartInfo("packaging/build") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        ConcurrentQueue<string> said = [];
        async Task ListenAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                said.Enqueue(line);
                if (line.StartsWith("==> ", StringComparison.Ordinal)) progress.Report(line[4..]);
            }
        }
        try
        {
            await Task.WhenAll(ListenAsync(build.StandardOutput), ListenAsync(build.StandardError));
            await build.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            build.Kill(entireProcessTree: true);
            throw;
        }
        if (build.ExitCode != 0)
            throw new PcException($"packaging/build failed (exit code {build.ExitCode}). The last that was said:\n" + string.Join('\n', said.TakeLast(15)));
        return Directory.GetFiles("artifacts", "phyllome-seats_*.deb") is [var deb] ? deb
            : throw new PcException("There is more than one package in artifacts/. Delete the older ones.");
    }
}
