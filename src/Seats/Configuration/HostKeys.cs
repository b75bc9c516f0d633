using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Configuration;

/// <summary>Reads <c>host-keys</c> of a seat: the keys that its keyboards leave to the host.</summary>
internal static class HostKeys
{
    private const string Name = "host-keys";

    public static ValueList<ushort> Read(TomlReader reader, TomlTable table, Hotkeys hotkeys)
    {
        var keys = new List<ushort>();
        foreach (var (place, word) in reader.Texts(table, Name) ?? [])
        {
            if (!KeyNames.TryGetCode(word, out var code))
            {
                var key = word.ToLowerInvariant();
                reader.Fault(place, $"{Words.Quote(word)} in {Words.Quote(Name)} is no key{Words.DidYouMean(key.StartsWith("key_", StringComparison.Ordinal) ? key[4..] : key, KeyNames.All)}");
            }
            else if (!SinkCodes.HostKeyboardKeys.Contains(code))
                reader.Fault(place, $"{Words.Quote(word)} cannot stay with the host: its virtual keyboard has no such key");
            else if (keys.Contains(code))
                reader.Fault(place, $"{Words.Quote(word)} stands twice in {Words.Quote(Name)}: remove one");
            else if (hotkeys.Home.Concat(hotkeys.Next).Concat(hotkeys.Previous).Concat(hotkeys.Focus).Contains(code))
                reader.Fault(place, $"{Words.Quote(word)} cannot stay with the host: a hotkey has it");
            else
                keys.Add(code);
        }

        return keys.Order().ToValueList();
    }
}
