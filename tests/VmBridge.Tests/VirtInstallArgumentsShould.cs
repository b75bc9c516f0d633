using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class VirtInstallArgumentsShould
{
    [Fact]
    public void Give_Windows_11_what_its_setup_wants_and_nothing_that_it_has_no_driver_for() => Assert.Equal(
        """
        --connect qemu:///system
        --name play
        --osinfo win11
        --memory 8192
        --vcpus 4
        --machine q35
        --boot firmware=efi,firmware.feature0.name=secure-boot,firmware.feature0.enabled=yes,firmware.feature1.name=enrolled-keys,firmware.feature1.enabled=yes
        --features smm.state=on
        --tpm model=tpm-crb,backend.type=emulator,backend.version=2.0
        --import
        --disk path=/images/play.qcow2,size=64,format=qcow2,bus=sata,boot.order=1
        --disk device=cdrom,bus=sata,readonly=on,boot.order=2
        --network default,model=e1000e
        --graphics vnc,listens0.type=socket
        --video vga
        --sound none
        --dry-run
        --print-xml
        """, Of("win11"));

    [Fact]
    public void Give_Windows_10_a_firmware_that_checks_no_signatures() => Assert.Equal(
        """
        --connect qemu:///system
        --name play
        --osinfo win10
        --memory 4096
        --vcpus 4
        --machine q35
        --boot firmware=efi,firmware.feature0.name=secure-boot,firmware.feature0.enabled=no
        --tpm none
        --import
        --disk path=/images/play.qcow2,size=64,format=qcow2,bus=sata,boot.order=1
        --disk device=cdrom,bus=sata,readonly=on,boot.order=2
        --network default,model=e1000e
        --graphics vnc,listens0.type=socket
        --video vga
        --sound none
        --dry-run
        --print-xml
        """, Of("win10"));

    [Fact]
    public void Give_Linux_virtio() => Assert.Equal(
        """
        --connect qemu:///system
        --name play
        --osinfo debian12
        --memory 4096
        --vcpus 4
        --machine q35
        --boot firmware=efi,firmware.feature0.name=secure-boot,firmware.feature0.enabled=no
        --tpm none
        --import
        --disk path=/images/play.qcow2,size=32,format=qcow2,bus=virtio,boot.order=1
        --disk device=cdrom,bus=sata,readonly=on,boot.order=2
        --network default,model=virtio
        --graphics vnc,listens0.type=socket
        --video virtio
        --sound none
        --dry-run
        --print-xml
        """, Of("debian12"));

    [Fact]
    public void Leave_the_machine_of_what_is_not_known_to_libosinfo() => Assert.Equal(
        """
        --connect qemu:///system
        --name play
        --osinfo freedos1.2
        --memory 2048
        --vcpus 2
        --tpm none
        --import
        --disk path=/images/play.qcow2,size=32,format=qcow2,boot.order=1
        --disk device=cdrom,readonly=on,boot.order=2
        --network default
        --graphics vnc,listens0.type=socket
        --sound none
        --dry-run
        --print-xml
        """, Of("freedos1.2"));

    [Theory]
    [InlineData("win10", false)]
    [InlineData("debian12", false)]
    [InlineData("win7", true)]
    [InlineData("win2k8r2", true)]
    public void Take_the_BIOS_where_the_host_has_no_UEFI_or_the_system_is_older(string os, bool hasUefi) =>
        Assert.DoesNotContain("--boot", Of(os, hasUefi), StringComparison.Ordinal);

    [Fact]
    public void Make_nothing_whatever_the_profile() =>
        Assert.All(ProfileHardware.Table, row => Assert.EndsWith("--dry-run\n--print-xml", Of("generic", profile: row.Profile), StringComparison.Ordinal));

    [Fact]
    public void Keep_a_comma_in_a_path_from_being_the_end_of_it() =>
        Assert.Contains("--disk path=\"/my, images/play.qcow2\",size=", Of("debian12", folder: "/my, images"), StringComparison.Ordinal);

    [Fact]
    public void Be_documented()
    {
        var made = Documented.Table(ProfileHardware.Table
            .Select(row => (string[])
            [
                $"`{EnumWords.Of(row.Profile)}`", row.Machine ?? "", row.Firmware switch { NewFirmware.SecureBoot => "UEFI, Secure Boot", NewFirmware.Uefi => "UEFI", _ => "" },
                row.Tpm ? "2.0" : "", row.DiskBus ?? "", row.Network ?? "", row.Video ?? "",
                $"{row.UsualMiB} ({row.LeastMiB})", $"{row.UsualGiB} ({row.LeastGiB})", $"{row.UsualVcpus} ({row.LeastVcpus})", row.Why,
            ])
            .Prepend(["profile", "machine", "firmware", "TPM", "disk", "network", "display", "MiB", "GiB", "processors", "because"]));
        Assert.Equal(made, Documented.Read("guests.md", "new", made));
    }

    /// <summary>An option with its value a line.</summary>
    private static string Of(string os, bool hasUefi = true, GuestProfile? profile = null, string folder = "/images")
    {
        var hardware = ProfileHardware.Of(profile ?? OsNames.ProfileOf(os))!;
        var wish = new NewGuestWish("play", os, "/iso/setup.iso", "default", null, hardware.UsualGiB, hardware.UsualMiB, hardware.UsualVcpus);
        return string.Join(' ', VirtInstallArguments.Of(wish, hardware, hasUefi, "qemu:///system", $"{folder}/play.qcow2")).Replace(" --", "\n--", StringComparison.Ordinal);
    }
}
