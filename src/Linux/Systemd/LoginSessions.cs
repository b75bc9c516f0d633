using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>The sessions that logind knows of (sd-login(3)).</summary>
public static class LoginSessions
{
    /// <summary>The types of sessions at a seat (<c>tty</c>, <c>x11</c>, <c>wayland</c>), a greeter's among them; empty where there is no such seat, or no logind.</summary>
    public static unsafe IReadOnlyList<string> TypesAt(string seat)
    {
        var count = NativeLogin.sd_seat_get_sessions(seat, out var sessions, 0, 0);
        if (count < 0)
            return (Errno)(-count) is Errno.ENOENT or Errno.ENXIO ? [] : throw new LinuxException((Errno)(-count), $"could not read the sessions at {seat}");
        var types = new List<string>();
        // Safe: libsystemd gives an array of so many strings, and both it and each of them are freed once, here.
        for (var at = 0; at < count; at++)
        {
            // One that has ended meanwhile has no type any more.
            if (NativeLogin.sd_session_get_type(sessions[at], out var type) >= 0)
            {
                types.Add(Marshal.PtrToStringUTF8((nint)type)!);
                NativeMemory.Free(type);
            }
            NativeMemory.Free(sessions[at]);
        }
        NativeMemory.Free(sessions);
        return types;
    }

    /// <summary>The user who has the session in front at a seat, where that is a person's (and no greeter's); null where there is none, or no logind.</summary>
    public static unsafe uint? PersonAt(string seat)
    {
        if (NativeLogin.sd_seat_get_active(seat, out var session, out var user) < 0)
            return null;
        var isPersons = false;
        // Safe: both strings are libsystemd's, ended by NUL, and freed once, here.
        if (NativeLogin.sd_session_get_class(session, out var kind) >= 0)
        {
            // "user", and from systemd 256 on "user-early", "user-light" and the like.
            isPersons = Marshal.PtrToStringUTF8((nint)kind) is { } name && (name == "user" || (name.StartsWith("user-", StringComparison.Ordinal) && name != "user-incomplete"));
            NativeMemory.Free(kind);
        }

        NativeMemory.Free(session);
        return isPersons ? user : null;
    }

    /// <summary>Tells, on a thread of its own, that sessions have come, changed or gone, until it is disposed; null where there is no logind to watch.</summary>
    public static IDisposable? Watch(Action changed, Action<Exception> failed)
    {
        var error = NativeLogin.sd_login_monitor_new("session", out var monitor);
        if ((Errno)(-error) == Errno.ENOENT)
            return null;
        if (error < 0)
            throw new LinuxException((Errno)(-error), "could not watch logind's sessions");
        return new SessionWatch(monitor, changed, failed);
    }

    private sealed class SessionWatch : IDisposable
    {
        private readonly LoginMonitorHandle _monitor;
        private readonly FileDescriptor _descriptor;
        private readonly DescriptorWatch _watch;

        public SessionWatch(LoginMonitorHandle monitor, Action changed, Action<Exception> failed)
        {
            _monitor = monitor;
            _descriptor = new(NativeLogin.sd_login_monitor_get_fd(monitor), ownsHandle: false);
            _watch = new("sessions", _descriptor, () =>
            {
                // Before it is told, so that what comes after it is told again.
                _ = NativeLogin.sd_login_monitor_flush(_monitor);
                changed();
                return true;
            }, failed);
        }

        public void Dispose()
        {
            _watch.Dispose();
            _descriptor.Dispose();
            _monitor.Dispose();
        }
    }
}
