using System.ComponentModel;
using System.Diagnostics;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a run of virt-install came to.</summary>
public sealed record VirtInstallAnswer(int Exit, string Output, string Error);

/// <summary>Runs virt-install.</summary>
public interface IVirtInstall
{
    /// <returns>Null where it is not installed. Once the wish to end comes, it has ended before <see cref="OperationCanceledException"/> does.</returns>
    Task<VirtInstallAnswer?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation);
}

/// <summary>The virt-install of this machine, on the path.</summary>
public sealed class VirtInstall(string program = VirtInstall.Program) : IVirtInstall
{
    internal const string Program = "virt-install";

    public async Task<VirtInstallAnswer?> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        cancellation.ThrowIfCancellationRequested();
        using var process = Start(arguments);
        if (process is null)
            return null;
        // It asks where nobody said, and gets the end of the file for an answer.
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        return new(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
    }

    private Process? Start(IReadOnlyList<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // Its messages are shown as they are, and its definitions read: both in no language but its own.
                Environment = { ["LC_ALL"] = "C.UTF-8" },
            });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
