using System.Globalization;

namespace Phyllome.Seats.SeatManager.Desktops;

/// <summary>The name under which the service manager keeps the connection of a desktop's agent over the manager's own end.</summary>
internal static class DesktopName
{
    private const string Prefix = "desktop@";

    public static string Stored(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number}");

    /// <summary>Null for the name of something else.</summary>
    public static int? NumberOf(string stored) => stored.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(stored.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
