using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>
/// A real daemon of libvirt's of the test's own (<see cref="DaemonPrograms"/>): a session daemon in a temporary folder, under a user that is not
/// root, so that it meets no other. What it starts beside itself, virtlogd or the other modular daemons, it finds and leaves in that folder. All
/// of them end by themselves when they are left alone.
/// </summary>
internal sealed class PrivateDaemon : IDisposable
{
    private const string Nobody = "65534";
    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-libvirtd-").FullName;
    private Process? _process;

    /// <summary>libvirt's test driver, living in this daemon.</summary>
    internal string Uri => $"test+unix:///default?socket={Socket}";

    /// <summary>Its driver of QEMU, which checks definitions against the QEMU that is installed, and places their devices.</summary>
    internal string QemuUri => $"qemu+unix:///session?socket={Socket}";

    internal static bool HasQemu => DaemonPrograms.Here.HasQemu;

    internal static bool HasTestDriver => !DaemonPrograms.Here.IsModular && File.Exists(DaemonPrograms.Here.Daemon);

    internal static bool HasStorage => DaemonPrograms.Here.HasStorage;

    private string Socket => $"{_folder}/libvirt/{DaemonPrograms.Here.Socket}";

    internal void Start()
    {
        if (Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_111_111);
        _process = Process.Start(InItsSession(DaemonPrograms.Here.Daemon, "--timeout", "60"))!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
    }

    /// <summary>A program of the daemon's user, in the daemon's session.</summary>
    internal ProcessStartInfo InItsSession(params string[] program)
    {
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"] : [];
        string[] command = [.. asNobody, .. program];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        foreach (var variable in new[] { "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME" })
            start.Environment[variable] = _folder;
        return start;
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
    internal int PidOf(string guest) => Pid($"{_folder}/libvirt/qemu/run/{guest}.pid");

    internal string SavedStateOf(string guest) => $"{_folder}/libvirt/qemu/save/{guest}.save";

    internal void EndGuests()
    {
        if (!Directory.Exists($"{_folder}/libvirt/qemu/run"))
            return;
        foreach (var file in Directory.EnumerateFiles($"{_folder}/libvirt/qemu/run", "*.pid").Where(file => Path.GetFileName(file) != "driver.pid"))
            End(file);
    }

    /// <summary>The process of a daemon that was started where it was needed, by its name; null while there is none.</summary>
    internal int? PidOfHelper(string daemon)
    {
        var file = $"{_folder}/libvirt/{daemon}.pid";
        return File.Exists(file) && Pid(file) is var pid && Directory.Exists($"/proc/{pid}") ? pid : null;
    }

    internal void KillHelper(string daemon) => End($"{_folder}/libvirt/{daemon}.pid");

    /// <summary>Sends the daemon a signal, by its name.</summary>
    internal async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
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
        if (Directory.Exists($"{_folder}/libvirt"))
        {
            foreach (var file in Directory.EnumerateFiles($"{_folder}/libvirt", "virt*d.pid").Where(file => Path.GetFileNameWithoutExtension(file) != Path.GetFileName(DaemonPrograms.Here.Daemon)))
                End(file);
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static void End(string file)
    {
        try
        {
            using var process = Process.GetProcessById(Pid(file));
            process.Kill();
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    private static int Pid(string file) => int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
}
