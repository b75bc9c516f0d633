using System.Text;
using System.Text.Json;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Remembering;

/// <summary>
/// The file that a <see cref="Memory"/> is kept in, as <see cref="MemoryText"/>. It is replaced as a whole, so that a
/// power cut leaves the one before, and is for its owner alone, since what is kept of passwords is in it. One that is damaged is set aside, for people; the memory is then made anew of what is there.
/// </summary>
internal sealed class MemoryFile(string directory)
{
    public string Path { get; } = System.IO.Path.Combine(directory, MemoryText.FileName);

    /// <summary>Null where there is none, with the reason where there was one.</summary>
    public (Memory? Memory, string? Problem) Load()
    {
        string text;
        try
        {
            text = File.ReadAllText(Path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"Could not read what was remembered of the seats in {Path}: {failure.Message} It is made anew of what is there.");
        }

        try
        {
            return (MemoryText.Parse(text), null);
        }
        catch (JsonException damage)
        {
            return (null, SetAside(damage.Message));
        }
    }

    /// <summary>Fails with an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; then the file is as it was.</summary>
    public void Save(Memory memory)
    {
        var fresh = Path + ".new";
        using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(Encoding.UTF8.GetBytes(MemoryText.Of(memory)));
            // Renamed before it is on the disk, a power cut could leave an empty file under the good name.
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, Path, overwrite: true);
    }

    private string SetAside(string damage)
    {
        var aside = Path + ".damaged";
        try
        {
            File.Move(Path, aside, overwrite: true);
            return $"What was remembered of the seats is damaged ({damage}); it is set aside as {aside}, and made anew of what is there.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"What was remembered of the seats in {Path} is damaged ({damage}), and it could not be set aside: {failure.Message} It is made anew of what is there.";
        }
    }
}
