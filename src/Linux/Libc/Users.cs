using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>The users of this machine, wherever they are kept (getpwnam_r(3)).</summary>
public static partial class Users
{
    private const int ERANGE = 34;
    private const int Largest = 1 << 20;

    /// <summary>Of one user, as many as the kernel lets a process have (NGROUPS_MAX).</summary>
    private const int MostGroups = 65536;

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

    /// <summary>The groups of a user, <paramref name="group"/> among them (getgrouplist(3)); that one alone where there is no such user.</summary>
    public static unsafe IReadOnlyList<uint> GroupsOf(uint user, uint group)
    {
        for (var size = 1024; size <= Largest; size *= 4)
        {
            var buffer = new byte[size];
            // The array is pinned while the entry points into it; the name is read before it is let go.
            fixed (byte* into = buffer)
            {
                Passwd entry;
                Passwd* found;
                var errno = getpwuid_r(user, &entry, into, (nuint)size, &found);
                if (errno == ERANGE)
                    continue;
                if (errno != 0 || found == null)
                    return [group];
                var count = MostGroups;
                var groups = new uint[count];
                fixed (uint* list = groups)
                    return getgrouplist((byte*)entry.Name, group, list, &count) < 0 ? groups : groups[..count];
            }
        }
        return [group];
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

    [LibraryImport("libc")]
    private static unsafe partial int getpwuid_r(uint uid, Passwd* entry, byte* buffer, nuint size, Passwd** found);

    [LibraryImport("libc")]
    private static unsafe partial int getgrouplist(byte* user, uint group, uint* groups, int* count);
}
