namespace Phyllome.Seats.SeatManager.Sleeping;

/// <summary>The guests that were paused for the host's sleep, so that a manager that dies meanwhile leaves none paused for good.</summary>
internal sealed class PausedFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "paused");

    /// <summary>None where the file cannot be read: whom its owner paused is not to be guessed.</summary>
    public ValueList<Guid> Load()
    {
        try
        {
            return File.ReadLines(_path).Where(line => Guid.TryParse(line, out _)).Select(Guid.Parse).ToValueList();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Fails with an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public void Save(ValueList<Guid> guests)
    {
        if (guests.Count == 0)
            File.Delete(_path);
        else
            File.WriteAllLines(_path, guests.Select(guest => guest.ToString()));
    }
}
