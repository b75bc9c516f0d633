using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class NewGuestChecksShould
{
    private static readonly NewGuestSight Fine = new(
        ["debian12", "macosx10.7", "win10", "win11"], IsNameTaken: false, new(IsThere: true), new("/images", IsActive: true, 500L << 30, IsTaken: false), true, true, true);

    [Fact]
    public void Find_no_fault_where_all_is_well() => Assert.Equal(["", ""], [Fault(Wish()), Fault(Wish("win11"))]);

    [Fact]
    public void Name_the_package_that_is_missing()
    {
        Assert.Equal(
            "virt-install is not installed. Install the package virtinst (Debian, Ubuntu) or virt-install (Fedora, Arch, openSUSE).",
            Fault(Wish(), Fine with { OsNames = null }));
        Assert.Equal(
            "windows-11 wants a TPM 2.0, and this host emulates none. Install the packages swtpm and swtpm-tools.", Fault(Wish("win11"), Fine with { HasTpm = false }));
        Assert.Equal(
            "windows-11 wants Secure Boot, and this host has no firmware that does it. Install the package ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora, Arch).",
            Fault(Wish("win11"), Fine with { HasSecureBoot = false }));
        Assert.Equal("", Fault(Wish("debian12"), Fine with { HasTpm = false, HasSecureBoot = false, HasUefi = false }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-x")]
    [InlineData("../x")]
    [InlineData("a b")]
    [InlineData("a,b")]
    public void Take_no_name_that_would_be_something_else_in_a_path_or_an_option(string name) =>
        Assert.Equal("a name has letters, digits, -, _ and dots.", Fault(Wish() with { Name = name }));

    [Fact]
    public void Name_the_nearest_system() => Assert.Equal(
        "virt-install knows no system 'windows11'; the nearest is 'win11'. 'virt-install --osinfo list' lists those that it knows.", Fault(Wish("windows11")));

    [Fact]
    public void Say_that_macOS_is_not_made() => Assert.Equal(
        "no machine is known here that the setup of 'macosx10.7' starts on (profile macos). Make it as its own guides say, then seat it.", Fault(Wish("macosx10.7")));

    [Fact]
    public void Say_that_a_name_is_taken_be_it_by_a_guest_or_by_a_disk()
    {
        Assert.Equal("libvirt has a guest of that name. Choose another one.", Fault(Wish(), Fine with { IsNameTaken = true }));
        Assert.Equal("/images/play.qcow2 is there already. Choose another name, or remove the file.", Fault(Wish(), Fine with { Pool = Fine.Pool! with { IsTaken = true } }));
    }

    [Fact]
    public void Say_what_is_wrong_with_the_medium()
    {
        Assert.Equal("the medium /iso/setup.iso is not there.", Iso(new(IsThere: false)));
        Assert.Equal("/iso/setup.iso is a folder, and a system is installed from a file or a drive.", Iso(new(IsThere: true, IsFolder: true)));
        Assert.Equal("you may not read /iso/setup.iso, and QEMU runs as you.", Iso(new(IsThere: true, IsUnreadable: true)));
        Assert.Equal(
            "QEMU's user 64055 may not enter /iso, so it cannot read /iso/setup.iso. Move the file to a storage pool (/var/lib/libvirt/images), or let that user through: setfacl -m u:64055:x '/iso'",
            Iso(new(IsThere: true, Closed: "/iso", Reader: 64055)));
    }

    [Fact]
    public void Say_how_much_a_profile_needs()
    {
        Assert.Equal("2048 MiB of memory are too little for windows-11, which needs 4096 MiB at least (--memory).", Fault(Wish("win11") with { MemoryMiB = 2048 }));
        Assert.Equal("1 processors are too few for windows-11, which needs 2 at least (--vcpus).", Fault(Wish("win11") with { Vcpus = 1 }));
        Assert.Equal("a disk of 20 GiB is too small for windows-10, which needs 32 GiB at least (--disk).", Fault(Wish("win10") with { DiskGiB = 20 }));
    }

    [Fact]
    public void Say_what_is_wrong_with_the_storage_pool()
    {
        Assert.Equal("libvirt has no storage pool 'default'; 'virsh pool-list --all' lists those that are (--pool).", Fault(Wish(), Fine with { Pool = null }));
        Assert.Equal("the storage pool 'default' is not started: virsh pool-start default", Fault(Wish(), Fine with { Pool = new(null, false, 0, false) }));
        Assert.Equal("the storage pool 'default' is no folder of files. Name one that is (--pool).", Fault(Wish(), Fine with { Pool = new(null, true, 0, false) }));
        Assert.Equal("virt-install takes no path with \" ' < > &, as '/a&b' is. Name another pool (--pool).", Fault(Wish(), Fine with { Pool = Fine.Pool! with { Folder = "/a&b" } }));
        Assert.Equal(
            "the storage pool 'default' (/images) has 20.0 GiB free, and the disk needs 32.1 GiB. Make room, or name a smaller --disk or another --pool.",
            Fault(Wish(), Fine with { Pool = Fine.Pool! with { Available = 20L << 30 } }));
    }

    private static string Iso(IsoSight iso) => Fault(Wish(), Fine with { Iso = iso });

    private static NewGuestWish Wish(string os = "debian12")
    {
        var hardware = ProfileHardware.Of(OsNames.ProfileOf(os));
        return new("play", os, "/iso/setup.iso", "default", null, hardware?.UsualGiB, hardware?.UsualMiB, hardware?.UsualVcpus);
    }

    private static string Fault(NewGuestWish wish, NewGuestSight? sight = null)
    {
        var profile = OsNames.ProfileOf(wish.Os);
        return NewGuestChecks.Fault(wish, profile, ProfileHardware.Of(profile), sight ?? Fine) ?? "";
    }
}
