using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>A real QEMU whose VNC server is at a unix socket, in a folder of its own.</summary>
internal sealed class RealQemu : IDisposable
{
    private const string Program = "/usr/bin/qemu-system-x86_64";
    private readonly string _folder;
    private readonly Process _process;

    private RealQemu(string folder, Process process) => (_folder, _process) = (folder, process);

    public UnixDomainSocketEndPoint Vnc => new(VncPath(_folder));

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<RealQemu> StartAsync(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Program), "QEMU is not installed here (package qemu-system-x86)");
        var folder = Directory.CreateTempSubdirectory("qemu").FullName;
        var pid = $"{folder}/pid";
        using var starting = Process.Start(
            Program,
            [.. arguments, "-nodefaults", "-daemonize", "-display", "none", "-vga", "std", "-m", "16", "-device", "usb-ehci", "-device", "usb-tablet", "-pidfile", pid, "-vnc", $"unix:{VncPath(folder)}"]);
        // It goes into the background once it listens.
        await starting.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Talk.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, starting.ExitCode);
        return new(folder, Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture)));
    }

    /// <summary>Answers whoever asks at a door as the manager does, with a connection to this guest's display.</summary>
    public async Task<ViewerAsks> LetInAsync(DoorFixture door, string guest)
    {
        var asks = door.Hear<ViewerAsks>();
        using var display = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await display.ConnectAsync(Vnc, TestContext.Current.CancellationToken);
        door.Tell(new LetIn(asks.Viewer, guest), display.SafeHandle);
        return asks;
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string VncPath(string folder) => $"{folder}/vnc";
}
