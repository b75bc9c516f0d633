using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>An entry of a POSIX access list beyond owner, group and others.</summary>
/// <param name="IsGroup">Whether <paramref name="Id"/> is a group's.</param>
/// <param name="Rights">Read 4, write 2, search or execute 1.</param>
public readonly record struct NamedRights(bool IsGroup, uint Id, int Rights);

/// <summary>Who may do what to a file or folder (inode(7), acl(5)). Rights are 4 for read, 2 for write, 1 for search or execute.</summary>
/// <param name="GroupRights">Of the owning group, before the mask.</param>
/// <param name="Mask">What <paramref name="GroupRights"/> and <paramref name="Named"/> are cut down to; 7 where there is no list.</param>
public sealed partial record FileRights(
    uint Owner, uint Group, int OwnerRights, int GroupRights, int OtherRights, IReadOnlyList<NamedRights> Named, int Mask)
{
    /// <summary>Of linux/posix_acl_xattr.h: the list is an extended attribute, a version of 32 bits and entries of 64, little-endian.</summary>
    private const string AccessList = "system.posix_acl_access";
    private const int ListVersion = 2, EntrySize = 8, LargestList = 65536;

    /// <summary>ACL_USER, ACL_GROUP_OBJ, ACL_GROUP and ACL_MASK of linux/posix_acl.h.</summary>
    private const int NamedUser = 2, OwningGroup = 4, NamedGroup = 8, MaskEntry = 16;

    private const int AtCwd = -100;
    private const uint BasicStats = 0x7ff;

    /// <summary>Null where the caller may not look, or nothing is there. Symbolic links are followed.</summary>
    public static unsafe FileRights? Read(string path)
    {
        Statx found;
        // The structure is the kernel's and lives on this stack.
        if (statx(AtCwd, path, 0, BasicStats, &found) != 0)
            return null;
        var list = new byte[LargestList];
        nint length;
        // The array is pinned for the call, and its length told.
        fixed (byte* into = list)
            length = getxattr(path, AccessList, into, (nuint)list.Length);
        return Of(found.Uid, found.Gid, found.Mode, length > 0 ? list.AsSpan(0, (int)length) : []);
    }

    /// <param name="mode">The nine bits of rights; others are no matter.</param>
    /// <param name="list">The extended attribute; empty where there is none.</param>
    internal static FileRights Of(uint owner, uint group, int mode, ReadOnlySpan<byte> list)
    {
        int groupRights = (mode >> 3) & 7, mask = 7;
        var named = new List<NamedRights>();
        if (list.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(list) == ListVersion)
        {
            for (var rest = list[sizeof(uint)..]; rest.Length >= EntrySize; rest = rest[EntrySize..])
            {
                int tag = BinaryPrimitives.ReadUInt16LittleEndian(rest), rights = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 7;
                var id = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
                if (tag is NamedUser or NamedGroup)
                    named.Add(new(tag == NamedGroup, id, rights));
                else if (tag == OwningGroup)
                    groupRights = rights;
                else if (tag == MaskEntry)
                    mask = rights;
            }
        }
        return new(owner, group, (mode >> 6) & 7, groupRights, mode & 7, named, mask);
    }

    /// <summary>The order is the kernel's (posix_acl_permission): the first class that a process belongs to decides.</summary>
    public bool Allow(int rights, uint user, IReadOnlyCollection<uint> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (user == 0)
            return true;
        if (user == Owner)
            return Has(OwnerRights);
        foreach (var one in Named)
        {
            if (!one.IsGroup && one.Id == user)
                return Has(one.Rights & Mask);
        }
        int[] mine = [.. Named.Where(one => one.IsGroup && groups.Contains(one.Id)).Select(one => one.Rights), .. groups.Contains(Group) ? [GroupRights] : Array.Empty<int>()];
        return mine.Length > 0 ? mine.Any(one => Has(one & Mask)) : Has(OtherRights);

        bool Has(int given) => (given & rights) == rights;
    }

    /// <summary>struct statx (linux/stat.h), of which the first fields are read.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct Statx
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint Uid;
        public uint Gid;
        public ushort Mode;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, Statx* found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint getxattr(string path, string name, byte* value, nuint size);
}
