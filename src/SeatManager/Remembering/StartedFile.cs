namespace Phyllome.Seats.SeatManager.Remembering;

/// <summary>
/// Which guests were started for their seats, for the next manager: one that its owner shut down since is not started again. It lies where
/// the stop of the whole, and a reboot, remove it, since then everything begins anew.
/// </summary>
internal sealed class StartedFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "started");

    /// <summary>None where there is no file, or none that can be read.</summary>
    public ValueList<Guid> Load()
    {
        try
        {
            return File.ReadLines(_path).Select(line => Guid.TryParse(line, out var guest) ? guest : Guid.Empty).Where(guest => guest != Guid.Empty)
                .Distinct().Order().ToValueList();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Fails with an <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; then the file is as it was.</summary>
    public void Save(ValueList<Guid> guests)
    {
        var fresh = _path + ".new";
        File.WriteAllLines(fresh, guests.Select(guest => guest.ToString()));
        File.Move(fresh, _path, overwrite: true);
    }
}
