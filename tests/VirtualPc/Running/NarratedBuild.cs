using System.Collections.Concurrent;
using System.Diagnostics;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>A long build that says its steps in lines that begin with <c>==></c>.</summary>
public static class NarratedBuild
{
    const string Step = "==> ";

    /// <summary>Runs a command to its end and reports its steps. A cancelled wait kills it and what it started.</summary>
    /// <param name="command">A program's path, then its arguments.</param>
    /// <param name="failure">What could not be done, for the message.</param>
    /// <exception cref="PcException">It failed; the last lines that were said are in the message.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, string failure, IProgress<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(progress);
        using var build = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        ConcurrentQueue<string> said = [];
        async Task ListenAsync(StreamReader reader)
        {
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                said.Enqueue(line);
                if (line.StartsWith(Step, StringComparison.Ordinal)) progress.Report(line[Step.Length..]);
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
            throw new PcException($"{failure} (exit code {build.ExitCode}). The last that was said:\n" + string.Join('\n', said.TakeLast(15)));
    }
}
