using System.Diagnostics;
using System.Net.Sockets;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>An X server without a screen (Xtigervnc), which a test sees and works at by VNC: it is told of each change. Nobody manages windows.</summary>
internal sealed class XServer : IDisposable
{
    private const string Program = "/usr/bin/Xtigervnc";
    private readonly string _folder;
    private readonly Process _process;

    private XServer(string folder, Process process, string display) => (_folder, _process, Display) = (folder, process, display);

    /// <summary><c>:1</c>.</summary>
    public string Display { get; }

    public UnixDomainSocketEndPoint Vnc => new($"{_folder}/vnc");

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<XServer> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), "TigerVNC's X server is not installed here (package tigervnc-standalone-server)");
        var folder = Directory.CreateTempSubdirectory("x").FullName;
        var process = Process.Start(new ProcessStartInfo(
            Program, ["-displayfd", "1", "-nolisten", "tcp", "-geometry", "1024x768", "-depth", "24", "-SecurityTypes", "None", "-rfbport", "-1", "-rfbunixpath", $"{folder}/vnc"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _ = process.StandardError.ReadToEndAsync();
        // It says its number once it takes clients.
        var number = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Talk.Patience, TestContext.Current.CancellationToken);
        return new(folder, process, $":{number}");
    }

    public void Dispose()
    {
        // It removes its lock and its socket.
        using (var asking = Process.Start("kill", [_process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            asking.WaitForExit();
        if (!_process.WaitForExit(Talk.Patience))
            _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
