using System.Globalization;

namespace Phyllome.Seats.VmBridge;

/// <summary>What virt-install is asked with for a definition. It makes nothing: storage and definition are libvirt's, and so ours to unmake.</summary>
internal static class VirtInstallArguments
{
    /// <summary>What the path of a disk may not have: virt-install 4 and 5 escape it twice on the way into the definition.</summary>
    internal const string Unspeakable = "\"'<>&";

    internal static ValueList<string> List { get; } = ["--osinfo", "list"];

    /// <param name="wish">With all its sizes.</param>
    /// <param name="uri">Of the libvirt that is to have it.</param>
    /// <param name="disk">The path that its disk will have.</param>
    internal static ValueList<string> Of(NewGuestWish wish, ProfileHardware hardware, bool hasUefi, string uri, string disk)
    {
        var arguments = new List<string>
        {
            "--connect", uri, "--name", wish.Name, "--osinfo", wish.Os, "--memory", Number(wish.MemoryMiB), "--vcpus", Number(wish.Vcpus),
        };
        if (hardware.Machine is { } machine)
            arguments.AddRange(["--machine", machine]);
        arguments.AddRange(hardware.FirmwareOf(wish.Os, hasUefi) switch
        {
            NewFirmware.SecureBoot => ["--boot", $"firmware=efi,{Feature(0, "secure-boot", "yes")},{Feature(1, "enrolled-keys", "yes")}", "--features", "smm.state=on"],
            NewFirmware.Uefi => ["--boot", $"firmware=efi,{Feature(0, "secure-boot", "no")}"],
            _ => Array.Empty<string>(),
        });
        arguments.AddRange(["--tpm", hardware.Tpm ? "model=tpm-crb,backend.type=emulator,backend.version=2.0" : "none"]);
        // An empty disk starts nothing, so that the first start is the medium's, and every later one the system's own. The medium itself is
        // put into its drive by NewGuestDefinition: of the folder of a medium virt-install makes a storage pool, and keeps it.
        arguments.AddRange(["--import",
            "--disk", $"path={Quote(disk)},size={Number(wish.DiskGiB)},format=qcow2{Bus(hardware.DiskBus)},boot.order=1",
            "--disk", $"device=cdrom{Bus(hardware.DiskBus is null ? null : "sata")},readonly=on,boot.order=2"]);
        arguments.AddRange(["--network", hardware.Network is { } network ? $"default,model={network}" : "default"]);
        // A display by TCP on the host could be looked at by whoever has an account; one by socket asks libvirt.
        arguments.AddRange(["--graphics", "vnc,listens0.type=socket"]);
        if (hardware.Video is { } video)
            arguments.AddRange(["--video", video]);
        // Without --dry-run it would make the disk, even where it is to print only.
        arguments.AddRange(["--sound", "none", "--dry-run", "--print-xml"]);
        return arguments.ToValueList();
    }

    private static string Number(int? number) => number!.Value.ToString(CultureInfo.InvariantCulture);

    private static string Feature(int index, string name, string enabled) =>
        $"firmware.feature{index.ToString(CultureInfo.InvariantCulture)}.name={name},firmware.feature{index.ToString(CultureInfo.InvariantCulture)}.enabled={enabled}";

    private static string Bus(string? bus) => bus is null ? "" : $",bus={bus}";

    /// <summary>virt-install parts an option at its commas as Python's shlex does.</summary>
    private static string Quote(string path) =>
        path.AsSpan().IndexOfAny(',', '\\') < 0 ? path : $"\"{path.Replace("\\", "\\\\", StringComparison.Ordinal)}\"";
}
