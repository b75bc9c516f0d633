using System.Diagnostics;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>TigerVNC's viewer over all of an X server's screen, so that it has the keyboard. It ends with its connection, instead of asking what to do.</summary>
internal sealed class TigerVnc : IDisposable
{
    private const string Program = "/usr/bin/xtigervncviewer";
    private readonly string _home;
    private readonly Process _process;
    private readonly Task<string> _log;

    private TigerVnc(string home, Process process) => (_home, _process, _log) = (home, process, process.StandardError.ReadToEndAsync());

    /// <summary>Skips the test where there is none.</summary>
    /// <param name="where">A unix socket's path, or an address as <c>host::port</c>.</param>
    /// <param name="certificate">The one that it trusts, as PEM.</param>
    public static TigerVnc Start(XServer screen, string where, string? certificate = null, string? password = null)
    {
        Assert.SkipUnless(File.Exists(Program), "TigerVNC's viewer is not installed here (package tigervnc-viewer)");
        var home = Directory.CreateTempSubdirectory("viewer").FullName;
        var authority = Path.Combine(home, "x509_ca.pem");
        File.WriteAllText(authority, certificate);
        var start = new ProcessStartInfo(Program, ["-display", screen.Display, "-FullScreen", "-ReconnectOnError=0", "-AlertOnFatalError=0", "-Log", "*:stderr:30", "-X509CA", authority, where])
        {
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        (start.Environment["VNC_USERNAME"], start.Environment["VNC_PASSWORD"]) = ("anna", password);
        return new(home, Process.Start(start)!);
    }

    /// <summary>What it said until it ended by itself.</summary>
    public Task<string> EndAsync() => _log.WaitAsync(Talk.Patience, TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }
}
