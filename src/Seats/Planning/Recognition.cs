using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>Which remembered thing a device is: by its place first, then by its serial number; never by vendor and product alone.</summary>
internal static class Recognition
{
    /// <returns>For each device that is known again, its entry. An entry is one device at most.</returns>
    public static Dictionary<string, T> Recognize<T>(IReadOnlyList<T> entries, Func<T, DeviceKey> key, IReadOnlyList<Device> devices)
        where T : class
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        if (entries.Count == 0)
            return found;
        var keys = devices.Select(device => (device.Id, Key: DeviceKey.Of(device))).OrderBy(device => device.Id, StringComparer.Ordinal).ToList();
        var places = entries.ToLookup(entry => key(entry).Place, StringComparer.Ordinal);
        var used = new HashSet<T>(ReferenceEqualityComparer.Instance);
        foreach (var (id, device) in keys)
        {
            if (places[device.Place].FirstOrDefault(entry => key(entry).IsAt(device) && !used.Contains(entry)) is { } entry && used.Add(entry))
                found[id] = entry;
        }

        // Cheap devices have one serial number for all of a kind: it says something only where one device and one entry alone have it.
        var serials = keys.Where(device => device.Key.Serial is not null).ToLookup(device => (device.Key.Id, device.Key.Serial));
        foreach (var moved in entries.Where(entry => key(entry).Serial is not null).GroupBy(entry => (key(entry).Id, key(entry).Serial)))
        {
            if (moved.Count() == 1 && !used.Contains(moved.First()) && serials[moved.Key].Count() == 1 && serials[moved.Key].First().Id is var id && !found.ContainsKey(id))
                found[id] = moved.First();
        }
        return found;
    }
}
