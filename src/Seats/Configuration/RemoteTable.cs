using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Configuration;

/// <summary>Reads what a seat says of its display <c>remote</c>.</summary>
internal static partial class RemoteTable
{
    private const string Name = SeatWish.RemoteDisplay;

    /// <summary>QEMU's virtio card takes no larger screen.</summary>
    private const int Most = 16384;

    private const int Least = 64;

    /// <returns>Null where the seat has no such display.</returns>
    public static RemoteWish? Read(TomlReader reader, TomlTable seat, List<(Place Place, Selector Selector)> displays)
    {
        var has = displays.Exists(display => display.Selector.Kind == SelectorKind.Remote);
        if (!seat.Entries.TryGetValue(Name, out var entry))
            return has ? new() : null;
        if (entry.Value is not TomlTable table)
        {
            reader.Fault(entry.Value.Place, $"'remote' is {entry.Value.Kind}, but takes a table: write remote = {{ listen = \"0.0.0.0:5901\" }}");
            return null;
        }

        if (!has)
            reader.Fault(entry.Key, "'remote' says how the display 'remote' is reached, and 'displays' has none: add \"remote\" to it");
        reader.CheckKeys(table, "'remote'", "listen", "size", "view-only", "user", "certificate");
        var listen = reader.Text(table, "listen");
        return new()
        {
            Listen = listen is { } address ? Address(reader, address.Place, address.Value) : null,
            ListenAt = listen?.Place,
            Size = Size(reader, table),
            ViewOnly = reader.Truth(table, "view-only") ?? false,
            User = Checked(reader, table, "user", UserSyntax().IsMatch, "it is the name that viewers give, of 1 to 250 letters, without spaces"),
            Certificate = Checked(reader, table, "certificate", path => path.StartsWith('/'), "it is a PEM file with the certificate and its key, by its path from / on"),
        };
    }

    private static string? Address(TomlReader reader, Place place, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            && IPAddress.TryParse(text[..colon], out var address) && Written(address) == text[..colon])
            return new IPEndPoint(address, port).ToString();
        reader.Fault(place, $"'listen' cannot be {Words.Quote(text)}: it is an address of this PC with a port, like 0.0.0.0:5901 or [::]:5901 for all of them, or 127.0.0.1:5901");
        return null;
    }

    /// <summary>As it is to be written: what is parsed has many forms, and <c>1</c> is one of them.</summary>
    private static string Written(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    private static ScreenSize? Size(TomlReader reader, TomlTable table)
    {
        if (reader.Text(table, "size") is not { } text)
            return null;
        if (SizeSyntax().Match(text.Value) is { Success: true } match
            && new ScreenSize(Number(match.Groups[1]), Number(match.Groups[2])) is { Width: >= Least and <= Most, Height: >= Least and <= Most } size)
            return size;
        reader.Fault(text.Place, $"'size' cannot be {Words.Quote(text.Value)}: it is the width and the height in pixels, like 3840x2160, from {Least} to {Most} each");
        return null;
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string? Checked(TomlReader reader, TomlTable table, string key, Func<string, bool> isGood, string what)
    {
        if (reader.Text(table, key) is not { } text)
            return null;
        if (isGood(text.Value))
            return text.Value;
        reader.Fault(text.Place, $"{Words.Quote(key)} cannot be {Words.Quote(text.Value)}: {what}");
        return null;
    }

    [GeneratedRegex(@"\A([0-9]{1,5})x([0-9]{1,5})\z")]
    private static partial Regex SizeSyntax();

    [GeneratedRegex(@"\A[^\s\p{C}]{1,250}\z")]
    private static partial Regex UserSyntax();
}
