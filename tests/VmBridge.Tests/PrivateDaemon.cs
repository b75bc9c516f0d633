using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// A real libvirtd of the test's own: a session daemon in a temporary folder, under a user that is not root, so that it meets no other.
/// It ends by itself when it is left alone.
/// </summary>
internal sealed class PrivateDaemon : IDisposable
{
    private const string Program = "/usr/sbin/libvirtd";
    private const string Nobody = "65534";
    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-libvirtd-").FullName;
    private Process? _process;

    internal static bool IsInstalled => File.Exists(Program);

    /// <summary>libvirt's test driver, living in this daemon.</summary>
    internal string Uri => $"test+unix:///default?socket={Socket}";

    /// <summary>Its driver of QEMU, which checks definitions against the QEMU that is installed, and places their devices.</summary>
    internal string QemuUri => $"qemu+unix:///session?socket={Socket}";

    internal static bool HasQemu =>
        IsInstalled && File.Exists("/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so") && File.Exists("/usr/bin/qemu-system-x86_64");

    internal static bool HasStorage => File.Exists("/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_storage.so") && File.Exists("/usr/bin/qemu-img");

    private string Socket => $"{_folder}/libvirt/libvirt-sock";

    internal void Start()
    {
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"] : [];
        string[] command = [.. asNobody, Program, "--timeout", "60"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        foreach (var variable in new[] { "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME" })
            start.Environment[variable] = _folder;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>A connection, once it is up.</summary>
    internal async Task<Linux.Libvirt.LibvirtConnection> ConnectAsync()
    {
        await using var host = new GuestHost(QemuUri);
        var told = GuestHostShould.Listen(host);
        host.Watch();
        await GuestHostShould.NextAsync(told, seen => seen.Guests is not null);
        return Linux.Libvirt.LibvirtConnection.Open(QemuUri);
    }

    /// <summary>A folder that the daemon may write to.</summary>
    internal string MakeFolder(string name)
    {
        var path = Directory.CreateDirectory($"{_folder}/{name}").FullName;
        Give(path);
        return path;
    }

    /// <summary>Lets the daemon read and write a file.</summary>
    internal static void Give(string path) => File.SetUnixFileMode(path, (UnixFileMode)(Directory.Exists(path) ? 0b111_111_111 : 0b110_110_110));

    /// <summary>The process of a running guest's QEMU, which outlives the daemon.</summary>
    internal int PidOf(string guest) => int.Parse(File.ReadAllText($"{_folder}/libvirt/qemu/run/{guest}.pid"), CultureInfo.InvariantCulture);

    internal string SavedStateOf(string guest) => $"{_folder}/libvirt/qemu/save/{guest}.save";

    internal void EndGuests()
    {
        if (!Directory.Exists($"{_folder}/libvirt/qemu/run"))
            return;
        foreach (var file in Directory.EnumerateFiles($"{_folder}/libvirt/qemu/run", "*.pid").Where(file => Path.GetFileName(file) != "driver.pid"))
        {
            try
            {
                using var qemu = Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture));
                qemu.Kill();
                qemu.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }
    }

    internal void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
    }
}
