using System.ComponentModel;
using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Udev;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>This machine's udev.</summary>
internal sealed class SystemUdev : IUdev
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public void Reload()
    {
        const string What = "could not have udev read its rules";
        try
        {
            // What udevd's control socket speaks differs from version to version; udevadm speaks that of its own.
            using var udevadm = Process.Start(new ProcessStartInfo("udevadm", ["control", "--reload"]) { RedirectStandardInput = true })!;
            if (!udevadm.WaitForExit(Patience))
            {
                udevadm.Kill();
                throw new OperationException(Errno.ETIMEDOUT, $"{What}: 'udevadm control --reload' did not end within {Patience.TotalSeconds:0} s");
            }

            if (udevadm.ExitCode != 0)
                throw new OperationException(Errno.EIO, $"{What}: 'udevadm control --reload' failed ({udevadm.ExitCode}); see: systemctl status systemd-udevd");
        }
        catch (Win32Exception failure)
        {
            throw new OperationException((Errno)failure.NativeErrorCode, $"{What}: {failure.Message}");
        }
    }

    public void AddAgain(string mark)
    {
        var all = UdevEnumeration.Read("input", "hidraw", "drm", "graphics", "leds", "backlight");
        string[] marked = [.. all.Where(device => device.Property(mark) is not null).Select(device => device.SysPath)];
        // What has no seat of its own takes that of the device above it, which therefore comes first: its path is the beginning of the other's.
        foreach (var device in all.Where(device => marked.Any(path => device.SysPath == path || device.SysPath.StartsWith(path + "/", StringComparison.Ordinal))).OrderBy(device => device.SysPath, StringComparer.Ordinal))
        {
            try
            {
                File.WriteAllText(Path.Combine(device.SysPath, "uevent"), "add");
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException || (gone is IOException && !Directory.Exists(device.SysPath)))
            {
                // Unplugged meanwhile: it comes by the new rules.
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new OperationException(Errno.EIO, $"could not give {device.SysPath} back to the host's programs: {failure.Message}; plug it in anew");
            }
        }
    }
}
