using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>Commands in the PC. One ssh connection is opened once and shared: each command after it costs no handshake.</summary>
sealed class Shell(string key, string socket, int port) : IAsyncDisposable
{
    static readonly TimeSpan OpenLimit = TimeSpan.FromMinutes(2);
    Process? _connection;

    string[] Options =>
    [
        "-F", "none", "-i", key, "-p", port.ToString(CultureInfo.InvariantCulture), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", $"ControlPath={socket}",
    ];

    internal string Description => $"ssh -i {key} -p {port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1";

    /// <summary>The first session says a word when the connection, and with it the socket that the others share, is there.</summary>
    internal Task OpenAsync(CancellationToken cancellation)
    {
        _connection = Process.Start(new ProcessStartInfo(Tools.Located("ssh"), [.. Options, "-o", "ControlMaster=yes", "root@127.0.0.1", "echo open; exec cat"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        return Deadline.WithinAsync(OpenLimit, "a shell in the virtual PC", async token =>
        {
            if (await _connection.StandardOutput.ReadLineAsync(token) != "open")
                throw new PcException("No shell in the virtual PC: " + await _connection.StandardError.ReadToEndAsync(token));
        }, cancellation);
    }

    internal Task<CommandResult> RunAsync(string command, CancellationToken cancellation) =>
        Tools.RunAsync("ssh", [.. Options, "-o", "ControlMaster=no", "root@127.0.0.1", command], cancellation);

    internal async IAsyncEnumerable<string> StreamLinesAsync(string command, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(Tools.Located("ssh"), [.. Options, "-o", "ControlMaster=no", "root@127.0.0.1", command])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line) yield return line;
        }
        finally
        {
            process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null) return;
        _connection.Kill();
        await _connection.WaitForExitAsync();
        _connection.Dispose();
    }
}
