using System.Diagnostics;
using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Running;

namespace Phyllome.Seats.VirtualPc.Image;

/// <summary>A built image in the user's cache. Nothing in it is written to again; <see cref="LibvirtsCache"/> is added.</summary>
sealed record PcImage(string Folder)
{
    internal string Disk => Path.Combine(Folder, "root.img");
    internal string Initramfs => Path.Combine(Folder, "initrd.img");
    internal string SshKey => Path.Combine(Folder, "key");
    internal string Kernel => Path.Combine(Folder, "guest", "vmlinux");
    internal string GuestInitramfs => Path.Combine(Folder, "guest", "initrd");

    internal static string Cache
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache)) cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "phyllome-seats", "virtual-pc");
        }
    }

    /// <summary>Gives the image of a recipe, building it where the cache has none. Two processes that ask at once build it once.</summary>
    internal static async Task<PcImage> GetAsync(ImageRecipe recipe, IProgress<string> progress, CancellationToken cancellation)
    {
        var folder = Path.Combine(Cache, recipe.Key);
        if (Directory.Exists(folder)) return new PcImage(folder);
        Tools.Check(forBuilding: true);
        if (!Environment.IsPrivilegedProcess)
            throw new PcException("The virtual PC's image is built by root, because a system's files have many owners. Run this once as root.");
        Directory.CreateDirectory(Cache);
        progress.Report($"there is no image {recipe.Key} yet: building it, once, in {Cache}");
        var recipeFolder = Directory.CreateTempSubdirectory("virtual-pc-recipe-").FullName;
        try
        {
            foreach (var (name, content) in ImageRecipe.Files)
                await File.WriteAllBytesAsync(Path.Combine(recipeFolder, name), content, cancellation);
            var clock = Stopwatch.StartNew();
            // flock waits for whoever builds already, and lets go however its holder ends.
            await NarratedBuild.RunAsync(
                [Tools.Located("flock"), folder + ".lock", "sh", Path.Combine(recipeFolder, "build"), recipe.Suite, folder, recipeFolder, string.Join(',', recipe.Packages)],
                "The virtual PC's image could not be built", progress, cancellation);
            progress.Report($"image built in {clock.Elapsed.TotalSeconds:0} s");
        }
        finally
        {
            Directory.Delete(recipeFolder, recursive: true);
        }
        return new PcImage(folder);
    }
}
