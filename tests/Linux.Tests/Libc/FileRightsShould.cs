using System.Runtime.Versioning;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

[SupportedOSPlatform("linux")]
public sealed class FileRightsShould
{
    private const uint Alice = 1000, Qemu = 64055, Users = 100, Kvm = 108;

    [Theory]
    [InlineData(0b111_000_000, false)]
    [InlineData(0b111_101_000, false)]
    [InlineData(0b111_000_001, true)]
    [InlineData(0b111_000_100, false)]
    public void Let_others_search_where_their_bit_is_set(int mode, bool allowed) => Assert.Equal(allowed, FileRights.Of(Alice, Users, mode, []).Allow(1, Qemu, [Kvm]));

    [Fact]
    public void Ask_the_first_class_that_somebody_is_in()
    {
        Assert.False(FileRights.Of(Qemu, Kvm, 0b000_111_111, []).Allow(1, Qemu, [Kvm]));
        Assert.False(FileRights.Of(Alice, Kvm, 0b111_000_111, []).Allow(1, Qemu, [Kvm]));
        Assert.True(FileRights.Of(Alice, Kvm, 0b111_001_000, []).Allow(1, Qemu, [Users, Kvm]));
        Assert.True(FileRights.Of(Alice, Users, 0, []).Allow(1, 0, []));
    }

    /// <summary>What 'setfacl -m u:64055:x' makes of a folder of mode 0700, and with the mask '---' as chmod 0700 leaves it.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Ask_the_access_list_and_its_mask(byte mask, bool allowed)
    {
        byte[] list =
        [
            2, 0, 0, 0,
            1, 0, 7, 0, 255, 255, 255, 255,
            2, 0, 1, 0, 0x37, 0xFA, 0, 0,
            4, 0, 0, 0, 255, 255, 255, 255,
            16, 0, mask, 0, 255, 255, 255, 255,
            32, 0, 0, 0, 255, 255, 255, 255,
        ];
        Assert.Equal(allowed, FileRights.Of(Alice, Users, 0b111_000_000 | (mask << 3), list).Allow(1, Qemu, [Kvm]));
        Assert.False(FileRights.Of(Alice, Users, 0b111_000_000 | (mask << 3), list).Allow(1, Qemu + 1, [Kvm]));
    }

    [Fact]
    public void Be_read_from_a_folder()
    {
        var folder = Directory.CreateTempSubdirectory("phyllome-rights-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_100_001);
        var rights = FileRights.Read(folder)!;
        Assert.Equal((7, 4, 1), (rights.OwnerRights, rights.GroupRights, rights.OtherRights));
        Directory.Delete(folder);
        Assert.Null(FileRights.Read(folder));
    }

    [Fact]
    public void Know_the_groups_of_a_user()
    {
        Assert.Contains(0u, Linux.Libc.Users.GroupsOf(0, 0));
        Assert.Equal([7u], Linux.Libc.Users.GroupsOf(uint.MaxValue - 7, 7));
    }
}
