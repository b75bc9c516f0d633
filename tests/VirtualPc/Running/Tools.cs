using System.Diagnostics;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>The programs of this machine that the virtual PC is made with.</summary>
static class Tools
{
    /// <summary>Program and Debian package. QEMU's module for '-display dbus' is a file of its own.</summary>
    static readonly (string Program, string Package)[] ToRun =
    [
        ("qemu-system-x86_64", "qemu-system-x86"), ("dbus-daemon", "dbus-daemon"), ("busctl", "systemd"), ("ssh", "openssh-client"),
        ("setpriv", "util-linux"), ("setsid", "util-linux"), ("qemu-img", "qemu-utils"),
    ];

    static readonly (string Program, string Package)[] ToBuild =
    [
        ("mmdebstrap", "mmdebstrap"), ("mke2fs", "e2fsprogs"), ("gcc", "gcc"), ("ssh-keygen", "openssh-client"),
        ("/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"), ("/usr/lib/x86_64-linux-gnu/libc.a", "libc6-dev"),
    ];

    internal static void Check(bool forBuilding)
    {
        var missing = (forBuilding ? ToRun.Concat(ToBuild) : ToRun).Where(tool => !IsThere(tool.Program)).Select(tool => tool.Package);
        if (!Directory.Exists("/usr/lib/x86_64-linux-gnu/qemu") || Directory.GetFiles("/usr/lib/x86_64-linux-gnu/qemu", "ui-dbus.so").Length == 0)
            missing = missing.Append("qemu-system-common");
        var packages = string.Join(' ', missing.Distinct());
        if (packages.Length > 0)
            throw new PcException($"The virtual PC needs programs that this machine lacks. Install them with: apt-get install --yes {packages}");
    }

    static bool IsThere(string program) => program.StartsWith('/') ? File.Exists(program) : Find(program) is not null;

    static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Where a program lies. Process.Start would look in the current folder first.</summary>
    internal static string Located(string program) => Find(program) ?? throw new PcException($"The virtual PC needs '{program}', which this machine lacks.");

    /// <summary>Runs a program to its end. A cancelled wait kills it and what it started.</summary>
    internal static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(Located(program), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new CommandResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}

/// <summary>What a command said and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors);
