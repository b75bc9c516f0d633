using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>
/// What libvirt found out about the PC's QEMU by starting it, ten emulated seconds: kept beside the image when the first PC has found it out, and
/// put into each later one before its libvirt starts, as on any PC that has been on before. libvirt itself holds it against the times
/// of its own and QEMU's files, the kernel and the processor, and asks again where one differs (src/qemu/qemu_capabilities.c, virQEMUCapsIsValid).
/// </summary>
sealed class LibvirtsCache(PcImage image, Accelerator accelerator, string share)
{
    const string Name = "libvirts-cache";

    /// <summary>In the PC: copies it to the shared folder. The other direction is pc-ready.service's.</summary>
    internal const string TakeOut = $"cp -r /var/cache/libvirt/qemu/capabilities /mnt/share/{Name}";

    string Kept => Path.Combine(image.Folder, $"{Name}-{accelerator}");

    string Shared => Path.Combine(share, Name);

    internal bool IsKept => Directory.Exists(Kept);

    internal void PutIn()
    {
        if (IsKept) Copy(Kept, Shared);
    }

    /// <summary>Keeps what was taken out; whoever keeps another PC's at the same time has the same. An image that is another user's stays as it is, and
    /// each PC asks anew.</summary>
    internal void Keep()
    {
        var half = $"{Kept}.{Guid.NewGuid():N}";
        try
        {
            Copy(Shared, half);
            Directory.Move(half, Kept);
        }
        catch (IOException) when (IsKept)
        {
            Directory.Delete(half, recursive: true);
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }
}
