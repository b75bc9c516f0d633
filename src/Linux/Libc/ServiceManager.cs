using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>The service manager's two protocols: inherited descriptors (sd_listen_fds(3)) and notification (sd_notify(3)).</summary>
public static class ServiceManager
{
    private const int FirstDescriptor = 3;

    /// <summary>The descriptors that this process was started with, by name; empty where it was started otherwise. Call it once.</summary>
    public static IReadOnlyList<(string Name, FileDescriptor Descriptor)> TakeDescriptors()
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), CultureInfo.InvariantCulture, out var count))
            return [];
        var names = Environment.GetEnvironmentVariable("LISTEN_FDNAMES")?.Split(':') ?? [];
        var taken = new List<(string, FileDescriptor)>();
        for (var i = 0; i < count; i++)
        {
            var descriptor = new FileDescriptor(FirstDescriptor + i);
            descriptor.CloseOnExec();
            taken.Add((i < names.Length ? names[i] : "", descriptor));
        }

        return taken;
    }

    /// <summary>Tells that the service is ready. Nothing happens where nobody wants to know.</summary>
    public static void Ready() => Tell("READY=1");

    /// <summary>Tells that the service is stopping.</summary>
    public static void Stopping() => Tell("STOPPING=1");

    /// <summary>How often the service manager has to hear <see cref="Alive"/> (WatchdogSec=); null where it does not want to.</summary>
    public static TimeSpan? WatchdogPeriod =>
        (Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { } process || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        && long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <summary>Tells that the service does its work.</summary>
    public static void Alive() => Tell("WATCHDOG=1");

    /// <summary>Keeps a copy of a descriptor in the service manager, given back under its name at the next start.</summary>
    /// <param name="name">Without <c>:</c>.</param>
    public static void Store(string name, FileDescriptor descriptor) => Tell($"FDSTORE=1\nFDNAME={name}", descriptor);

    /// <summary>Drops what is stored under this name.</summary>
    public static void Forget(string name) => Tell($"FDSTOREREMOVE=1\nFDNAME={name}");

    private static unsafe void Tell(string what, FileDescriptor? passed = null)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
            return;
        var number = NativeLibc.socket(NativeLibc.AF_UNIX, NativeLibc.SOCK_DGRAM | NativeLibc.SOCK_CLOEXEC, 0);
        using var socket = number >= 0 ? new FileDescriptor(number) : throw LinuxException.Last("could not make a socket to notify the service manager");
        var address = SeqPacketSocket.Address(path, out var length);
        if (path[0] == '@')
        {
            // An abstract address begins with NUL and is as long as it is said to be, with no NUL at its end.
            address.sun_path[0] = 0;
            length--;
        }

        var control = new NativeLibc.cmsghdr_fd
        {
            cmsg_len = NativeLibc.cmsghdr_fd.CMSG_LEN,
            cmsg_level = NativeLibc.SOL_SOCKET,
            cmsg_type = NativeLibc.SCM_RIGHTS,
            fd = passed?.Number ?? -1,
        };
        var bytes = Encoding.UTF8.GetBytes(what);
        // Safety: the text is pinned for the call, everything else is on this stack; the kernel only reads.
        fixed (byte* text = bytes)
        {
            var part = new NativeLibc.iovec { iov_base = text, iov_len = (nuint)bytes.Length };
            var message = new NativeLibc.msghdr { msg_name = &address, msg_namelen = length, msg_iov = &part, msg_iovlen = 1 };
            if (passed is not null)
            {
                message.msg_control = &control;
                message.msg_controllen = (nuint)sizeof(NativeLibc.cmsghdr_fd);
            }

            while (NativeLibc.sendmsg(socket, &message, NativeLibc.MSG_NOSIGNAL) < 0)
            {
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                    throw LinuxException.Last($"could not notify the service manager at {path}");
            }
        }
    }
}
