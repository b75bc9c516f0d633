using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Systemd;

/// <summary>A dbus-daemon of the test's own, whom any user of this machine may talk to and own any name on.</summary>
public sealed class PrivateBus : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("seats-bus-");
    private readonly Process? _daemon;
    private readonly string? _missing;

    public PrivateBus()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        var configuration = Path.Combine(_folder.FullName, "bus.conf");
        File.WriteAllText(configuration, $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:path={_folder.FullName}/socket</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow user="*"/>
                <allow own="*"/>
                <allow send_destination="*" eavesdrop="true"/>
                <allow receive_sender="*" eavesdrop="true"/>
              </policy>
            </busconfig>
            """);
        var start = new ProcessStartInfo("dbus-daemon") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { $"--config-file={configuration}", "--nofork", "--nopidfile", "--print-address=1" })
            start.ArgumentList.Add(argument);
        try
        {
            _daemon = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            _missing = "dbus-daemon is not installed";
            return;
        }
        // What it grumbles about (limits that it can't raise) is no part of a test.
        _daemon.BeginErrorReadLine();
        // It prints its address once it listens.
        Address = _daemon.StandardOutput.ReadLine() ?? throw new InvalidOperationException("dbus-daemon ended before it listened");
    }

    /// <summary>Skips the test where this machine has no dbus-daemon.</summary>
    public string Address
    {
        get
        {
            Assert.SkipWhen(_missing != null, _missing ?? "");
            return field;
        }
    } = "";

    public void Stop()
    {
        _daemon?.Kill();
        _daemon?.WaitForExit();
    }

    public void Dispose()
    {
        Stop();
        _daemon?.Dispose();
        _folder.Delete(recursive: true);
    }
}
