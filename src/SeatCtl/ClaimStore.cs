using System.Globalization;
using System.Text.Json;
using Phyllome.Seats.DisplayAssign.HandingOver;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The book of claimed cards and the files that follow from it, on a machine.</summary>
/// <param name="root">A directory that mirrors the machine's paths; paths below are given without it.</param>
internal sealed class ClaimStore(string root)
{
    private const string Lock = "run/phyllome-gpus.lock";

    /// <summary>Which start of the computer this is.</summary>
    internal string Boot => Read("proc/sys/kernel/random/boot_id")?.Trim() ?? "";

    /// <summary>Since that start.</summary>
    internal TimeSpan Up => TimeSpan.FromSeconds(
        double.TryParse(Read("proc/uptime")?.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);

    internal ClaimBook Book()
    {
        try
        {
            return Read(ClaimFiles.Book) is not { } text ? ClaimBook.Empty : JsonSerializer.Deserialize(text, ClaimJson.Default.ClaimBook) ?? ClaimBook.Empty;
        }
        catch (JsonException fault)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't read /{ClaimFiles.Book}: {fault.Message} It is made by 'seatctl gpu claim' alone.");
        }
    }

    /// <summary>Until it is disposed, nobody else changes claims: what the service manager takes back after the boot may be what is being confirmed.</summary>
    internal FileStream Alone()
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "run"));
            // FileShare.None is flock, which ends with the process.
            return new(Path.Combine(root, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CommandFailure(ExitCode.Failed, "Another seatctl changes the claimed cards now: try again when it has ended.");
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't write /{Lock}: {fault.Message} Are you root (sudo)?");
        }
    }

    /// <summary>What is to be written for a book, so that the files are those that follow from it.</summary>
    internal ValueList<ClaimFile> Changes(ClaimBook book) =>
        ClaimFiles.Of(book, ClaimFiles.Maker(root)).Where(file => Read(file.Path) != file.Text).ToValueList();

    /// <summary>The book first: where the rest fails, it is known what was meant. Each file is whole or as before.</summary>
    internal void Write(ValueList<ClaimFile> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path);
            try
            {
                if (file.Text is null)
                {
                    File.Delete(path);
                    continue;
                }
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path + ".new", file.Text);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(path + ".new", file.Executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100);
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure(ExitCode.Failed, $"Can't write /{file.Path}: {fault.Message} Are you root (sudo)?");
            }
        }
    }

    /// <summary>The command that makes the initramfs anew; null where these changes are not in it, or nothing makes one.</summary>
    internal ValueList<string>? Remaker(ValueList<ClaimFile> changes) =>
        changes.All(change => change.Path == ClaimFiles.Book) ? null : ClaimFiles.Remake(ClaimFiles.Maker(root));

    internal string? Read(string path)
    {
        var file = Path.Combine(root, path);
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't read /{path}: {fault.Message}");
        }
    }
}
