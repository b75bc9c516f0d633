using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>libsystemd's sd-login, as in systemd/sd-login.h: it reads what logind writes below /run/systemd. Each returns a negative errno where it fails.</summary>
internal static unsafe partial class NativeLogin
{
    /// <summary>Fills <paramref name="sessions"/> with an array of strings, ended by null, all for free(); returns their number. The other two may be null.</summary>
    [LibraryImport(NativeSystemd.Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_seat_get_sessions(string seat, out byte** sessions, nint uids, nint n_uids);

    /// <summary>Fills <paramref name="type"/> with "tty", "x11", "wayland", "mir" or "unspecified", for free().</summary>
    [LibraryImport(NativeSystemd.Library)]
    internal static partial int sd_session_get_type(byte* session, out byte* type);

    /// <summary>Fills <paramref name="session"/> with the id of the session that is in front, for free(), and <paramref name="uid"/> with its user; ENODATA for none.</summary>
    [LibraryImport(NativeSystemd.Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_seat_get_active(string seat, out byte* session, out uint uid);

    /// <summary>Fills <paramref name="class_"/> with "user", "greeter", "lock-screen", ..., for free().</summary>
    [LibraryImport(NativeSystemd.Library)]
    internal static partial int sd_session_get_class(byte* session, out byte* class_);

    [LibraryImport(NativeSystemd.Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_login_monitor_new(string category, out LoginMonitorHandle monitor);

    [LibraryImport(NativeSystemd.Library)] internal static partial int sd_login_monitor_get_fd(LoginMonitorHandle monitor);
    [LibraryImport(NativeSystemd.Library)] internal static partial int sd_login_monitor_flush(LoginMonitorHandle monitor);
    [LibraryImport(NativeSystemd.Library)] internal static partial nint sd_login_monitor_unref(nint monitor);
}

/// <summary>A <c>sd_login_monitor</c>; it owns its descriptor.</summary>
internal sealed class LoginMonitorHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        NativeLogin.sd_login_monitor_unref(handle);
        return true;
    }
}
