using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>The users of this machine, wherever they are kept (getpwnam_r(3)).</summary>
public static partial class Users
{
    private const int ERANGE = 34;
    private const int Largest = 1 << 20;

    /// <summary>The user's number; null where there is no such user. Blocks while a directory service is asked.</summary>
    public static unsafe uint? IdOf(string name)
    {
        for (var size = 1024; size <= Largest; size *= 4)
        {
            var buffer = new byte[size];
            Passwd entry;
            Passwd* found;
            int errno;
            // The pointers are read only during the call, and the array is pinned for it; of the entry only the number is kept.
            fixed (byte* into = buffer)
                errno = getpwnam_r(name, &entry, into, (nuint)size, &found);
            if (errno == 0)
                return found == null ? null : entry.Uid;
            if (errno != ERANGE)
                return null;
        }
        return null;
    }

    /// <summary>struct passwd of glibc on the 64-bit ABIs (pwd.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        public nint Name;
        public nint Password;
        public uint Uid;
        public uint Gid;
        public nint Gecos;
        public nint Directory;
        public nint Shell;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int getpwnam_r(string name, Passwd* entry, byte* buffer, nuint size, Passwd** found);
}
