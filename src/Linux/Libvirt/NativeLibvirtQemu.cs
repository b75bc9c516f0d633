using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>libvirt-qemu.so.0 (libvirt/libvirt-qemu.h).</summary>
internal static partial class NativeLibvirtQemu
{
    private const string Library = "libvirt-qemu.so.0";

    /// <summary>Fills <paramref name="result"/> with a string for free().</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainQemuMonitorCommand(DomainHandle domain, string cmd, out nint result, uint flags);
}
