using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>How far the freezing of a base is.</summary>
/// <param name="Disk">What is copied now.</param>
/// <param name="Done">Of <paramref name="All"/> bytes.</param>
public readonly record struct FreezeProgress(string Disk, long Done, long All);

/// <summary>
/// Linked clones of a guest that is off. Its disks are frozen once: copied beside themselves, since a clone is lost as soon as what lies
/// below it changes, and the base stays its owner's. A clone's disks are empty ones on top of the frozen. What was made is unmade where it
/// does not come to its end.
/// </summary>
public sealed class GuestCloner(LibvirtConnection connection, Func<Guid>? newId = null)
{
    /// <summary>What a disk on top of another takes at first, with all that its guest writes before anybody looks.</summary>
    private const long Room = 64L << 20;

    private readonly Func<Guid> _newId = newId ?? Guid.NewGuid;

    private const string FrozenWord = ".frozen";

    /// <summary>Ends the name of an empty volume that says that the frozen one beside it is whole. libvirt renames no volumes.</summary>
    private const string WholeWord = ".frozen.whole";

    /// <summary>
    /// Whether clones are made for the while: <see cref="GuestDiscarder"/> removes them, and knows their files by their names. What is left
    /// under such a name, by whoever was ended in the middle, makes room.
    /// </summary>
    public bool Throwaway { get; init; }

    /// <summary>Comes after a throwaway clone's name in the names of its files.</summary>
    internal const string ThrowawayWord = ".throwaway";

    /// <summary>Blocks; fails with <see cref="GuestException"/>, <see cref="LibvirtException"/> or, on a wish, with <see cref="OperationCanceledException"/>.</summary>
    /// <returns>The clone's definition, which is stored.</returns>
    public CloneMade Clone(string baseName, string name, Action<FreezeProgress> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(progress);
        var what = What(baseName, name);
        using var origin = Origin(baseName, name, what);
        var stored = origin.GetXml(DomainXml.Inactive | DomainXml.Secure);
        var undo = new Stack<Action>();
        try
        {
            var disks = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var disk in BaseDisk.Of(stored))
                disks[disk.Target] = OnTop(origin, disk, name, what, undo, progress, cancellation);
            var variables = Variables(origin, stored, name, what, undo, progress, cancellation);
            cancellation.ThrowIfCancellationRequested();
            var made = CloneDefinition.Make(stored, new(name, _newId(), _newId(), disks, variables, Throwaway));
            using var clone = connection.Define(made.Xml);
            undo.Clear();
            return made;
        }
        finally
        {
            while (undo.TryPop(out var step))
                Undo(step);
        }
    }

    /// <summary>The steps of <see cref="Clone"/>, which are not done. Fails as that does, where that can be told before.</summary>
    public ValueList<string> Preview(string baseName, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var what = What(baseName, name);
        using var origin = Origin(baseName, name, what);
        var stored = origin.GetXml(DomainXml.Inactive | DomainXml.Secure);
        var (steps, disks) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var disk in BaseDisk.Of(stored))
            disks[disk.Target] = Would(Locate(disk, what).Path, $"{Own(name)}-{disk.Target}.qcow2", own => $"make the disk {own}, empty on top of the frozen one");
        var variables = VariablesOf(stored) is { } path && IsThere(path, what) ? Would(path, VariablesFile(name, path), own => $"make {own}, a copy of the frozen firmware's variables") : null;
        CloneDefinition.Make(stored, new(name, Guid.Empty, Guid.Empty, disks, variables, Throwaway));
        steps.Add($"store the definition of guest '{name}' in libvirt");
        return steps.ToValueList();

        string Would(string path, string file, Func<string, string> make)
        {
            using var folder = CloneFolder.Open(connection, FolderOf(path, what));
            if (!IsWhole(path, folder))
            {
                Freezable(origin, what);
                steps.Add($"freeze {path}: copy it to {path}{FrozenWord}");
            }
            using var there = folder.Pool.Find(file);
            if (there is not null)
                throw Taken(there.Path, what);
            var own = Path.Combine(folder.Path, file);
            steps.Add(make(own));
            return own;
        }
    }

    private static string What(string baseName, string name) => $"clone guest '{baseName}' as '{name}'";

    private LibvirtDomain Origin(string baseName, string name, string what)
    {
        if (GuestName.Fault(name) is { } fault)
            throw new GuestException($"Could not {what}: {fault}");
        var origin = connection.Find(baseName) ?? throw new GuestException($"Could not {what}: libvirt has no guest '{baseName}'.");
        using var there = connection.Find(name);
        var why = there is not null ? "there is a guest of that name" : !origin.IsPersistent ? "its definition is not stored" : null;
        if (why is null)
            return origin;
        origin.Dispose();
        throw new GuestException($"Could not {what}: {why}.");
    }

    /// <summary>The path of a new disk of the clone.</summary>
    private string OnTop(LibvirtDomain origin, BaseDisk disk, string name, string what, Stack<Action> undo, Action<FreezeProgress> progress, CancellationToken cancellation)
    {
        var (path, capacity) = Locate(disk, what);
        using var folder = CloneFolder.Open(connection, FolderOf(path, what));
        using var frozen = Frozen(origin, path, folder, what, undo, progress, cancellation);
        if (folder.Pool.Available < Room)
            throw new GuestException($"Could not {what}: {folder.Path} has {Size(folder.Pool.Available)} free, and a disk on top of another needs {Size(Room)} at least.");
        var file = $"{Own(name)}-{disk.Target}.qcow2";
        Free(folder, file, what);
        using var volume = folder.Pool.Create(new XElement("volume",
            new XElement("name", file), new XElement("capacity", new XAttribute("unit", "B"), capacity),
            new XElement("target", new XElement("format", new XAttribute("type", "qcow2"))),
            new XElement("backingStore", new XElement("path", frozen.Path), new XElement("format", new XAttribute("type", disk.Format)))).ToString());
        var made = volume.Path;
        undo.Push(() => Delete(made));
        return made;
    }

    /// <summary>Where a disk of the base is, and how large.</summary>
    private (string Path, long Capacity) Locate(BaseDisk disk, string what)
    {
        if (disk.Path is null)
        {
            using var pool = connection.FindPool(disk.Pool ?? "") ?? throw new GuestException($"Could not {what}: its disk {disk.Target} is in the storage pool '{disk.Pool}', which is not there.");
            using var volume = pool.Find(disk.Volume ?? "") ?? throw new GuestException($"Could not {what}: the storage pool '{disk.Pool}' has no volume '{disk.Volume}'.");
            return (volume.Path, volume.Capacity);
        }
        using var folder = CloneFolder.Open(connection, FolderOf(disk.Path, what));
        using var found = connection.FindVolume(disk.Path) ?? throw new GuestException($"Could not {what}: its disk {disk.Path} is not there.");
        return (found.Path, found.Capacity);
    }

    /// <summary>The frozen copy of a disk; it is made where there is none.</summary>
    private LibvirtVolume Frozen(
        LibvirtDomain origin, string path, CloneFolder folder, string what, Stack<Action> undo, Action<FreezeProgress> progress, CancellationToken cancellation)
    {
        var (name, mark) = ($"{Path.GetFileName(path)}{FrozenWord}", $"{Path.GetFileName(path)}{WholeWord}");
        using var alone = Alone(path, what);
        folder.Pool.Refresh();
        using (var whole = folder.Pool.Find(mark))
        {
            var there = folder.Pool.Find(name);
            if (there is not null && whole is not null)
                return there;
            // Whoever made it was ended in the middle.
            there?.Delete();
            there?.Dispose();
            whole?.Delete();
        }
        Freezable(origin, what);
        var frozen = Copy(path, name, folder, what, undo, progress, cancellation);
        using var marked = folder.Pool.Create(Raw(mark, 512));
        var last = marked.Path;
        undo.Push(() => Delete(last));
        return frozen;
    }

    private static bool IsWhole(string path, CloneFolder folder)
    {
        using var frozen = folder.Pool.Find(Path.GetFileName(path) + FrozenWord);
        using var whole = folder.Pool.Find(Path.GetFileName(path) + WholeWord);
        return frozen is not null && whole is not null;
    }

    private static void Freezable(LibvirtDomain origin, string what)
    {
        if (origin.IsActive)
            throw new GuestException($"Could not {what}: '{origin.Name}' runs, and what changes cannot be frozen. Shut it down.");
        if (origin.HasManagedSave)
            throw new GuestException($"Could not {what}: '{origin.Name}' has a saved state, so its disks are in the middle of something. Start it and shut it down.");
    }

    /// <summary>The kernel gives an abstract name to one process at a time, whoever runs it, and takes it back with its end.</summary>
    private static Socket Alone(string path, string what)
    {
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0phyllome-freeze-{name}"));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw new GuestException($"Could not {what}: {path} is being frozen at this moment. Try again when that is done.");
        }
    }

    private LibvirtVolume Copy(
        string path, string name, CloneFolder folder, string what, Stack<Action> undo, Action<FreezeProgress> progress, CancellationToken cancellation)
    {
        using var source = connection.FindVolume(path) ?? throw new GuestException($"Could not {what}: {path} is not there.");
        var (length, needed) = (source.Length, source.Allocation);
        if (folder.Pool.Available < needed + Room)
            throw new GuestException($"Could not {what}: {folder.Path} has {Size(folder.Pool.Available)} free, and the frozen copy of {path} takes {Size(needed)}, and {Size(Room)} for the clone.");
        using (var made = folder.Pool.Create(Raw(name, length)))
        {
            var target = made.Path;
            undo.Push(() => Delete(target));
            LibvirtVolumeCopy.Copy(connection, source, made, done => progress(new(path, done, length)), cancellation);
        }
        folder.Pool.Refresh();
        return folder.Pool.Find(name) ?? throw new GuestException($"Could not {what}: the copy {name} of {path} went away while it was made.");
    }

    /// <summary>A file that takes no room until it is written, and that nobody writes afterwards.</summary>
    private static string Raw(string name, long length) => new XElement("volume",
        new XElement("name", name), new XElement("capacity", new XAttribute("unit", "B"), length), new XElement("allocation", 0),
        new XElement("target", new XElement("format", new XAttribute("type", "raw")))).ToString();

    /// <summary>A copy of the firmware's variables, in which systems have put how they are started; null where the base has none yet.</summary>
    private string? Variables(LibvirtDomain origin, string stored, string name, string what, Stack<Action> undo, Action<FreezeProgress> progress, CancellationToken cancellation)
    {
        if (VariablesOf(stored) is not { } path || !IsThere(path, what))
            return null;
        using var folder = CloneFolder.Open(connection, FolderOf(path, what));
        using var frozen = Frozen(origin, path, folder, what, undo, progress, cancellation);
        var own = VariablesFile(name, path);
        Free(folder, own, what);
        using var copy = Copy(frozen.Path, own, folder, what, undo, progress, cancellation);
        return copy.Path;
    }

    private static string? VariablesOf(string stored)
    {
        var nvram = XElement.Parse(stored).Element("os")?.Element("nvram");
        var path = nvram?.Element("source")?.Attribute("file")?.Value ?? nvram?.Value.Trim();
        return string.IsNullOrEmpty(path) ? null : path;
    }

    private bool IsThere(string path, string what)
    {
        using var folder = CloneFolder.Open(connection, FolderOf(path, what));
        using var there = connection.FindVolume(path);
        return there is not null;
    }

    private string VariablesFile(string name, string path) => $"{Own(name)}_VARS{Path.GetExtension(path)}";

    private string Own(string name) => Throwaway ? name + ThrowawayWord : name;

    private void Free(CloneFolder folder, string file, string what)
    {
        using var there = folder.Pool.Find(file);
        if (Throwaway)
            there?.Delete();
        else if (there is not null)
            throw Taken(there.Path, what);
    }

    private static GuestException Taken(string path, string what) => new($"Could not {what}: {path} is there already. Choose another name, or remove the file.");

    private void Delete(string path)
    {
        using var folder = CloneFolder.Open(connection, Path.GetDirectoryName(path)!);
        using var volume = connection.FindVolume(path);
        volume?.Delete();
    }

    /// <summary>What cannot be unmade is no reason to leave the rest.</summary>
    private static void Undo(Action step)
    {
        try
        {
            step();
        }
        catch (LibvirtException)
        {
        }
    }

    /// <summary>A file's folder. Of /dev only /dev/shm holds files.</summary>
    private static string FolderOf(string path, string what) =>
        Path.GetDirectoryName(path) is { Length: > 0 } folder
            && (!path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/dev/shm/", StringComparison.Ordinal))
            ? folder
            : throw new GuestException($"Could not {what}: {path} is no file in a folder. Convert it to an image file first (qemu-img convert).");

    private static string Size(long bytes) => bytes < 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB");
}
