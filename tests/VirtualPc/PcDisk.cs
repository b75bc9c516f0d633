using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.VirtualPc;

/// <summary>A disk that outlives its PC: what lies over the image, and the initramfs that the PC has made. Disposing it throws both away.</summary>
public sealed class PcDisk : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("virtual-pc-disk-").FullName;

    PcDisk()
    {
    }

    internal string File => Path.Combine(_folder, "root.qcow2");

    /// <summary>Null until a PC has made one.</summary>
    internal string? Initramfs => System.IO.File.Exists(Kept) ? Kept : null;

    string Kept => Path.Combine(_folder, "initramfs");

    public static async Task<PcDisk> CreateAsync(DebianRelease release, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        var image = await PcImage.GetAsync(new ImageRecipe(release), progress ?? new Progress<string>(), cancellation);
        var disk = new PcDisk();
        var result = await Tools.RunAsync("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image.Disk, "-F", "raw", disk.File], cancellation);
        if (result.ExitCode == 0) return disk;
        disk.Dispose();
        throw new PcException($"A disk for the virtual PC could not be made: {result.Errors.Trim()}");
    }

    internal void Keep(string initramfs) => System.IO.File.Copy(initramfs, Kept, overwrite: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
