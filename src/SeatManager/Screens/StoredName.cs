using System.Globalization;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>The names under which the service manager keeps cards and presenters over the manager's own end; they take any letter but <c>:</c>.</summary>
internal static class StoredName
{
    private const char Between = '@';
    private const string Desktops = "desktop", Windows = "window";

    /// <summary>Of a card's node, <c>card0</c>.</summary>
    public static string OfCard(string node) => node;

    /// <summary>Of the connection to the presenter of a connector, <c>card0-DP-1</c>, with the number of its lease.</summary>
    public static string OfScreen(string connector, uint lessee) => string.Create(CultureInfo.InvariantCulture, $"{connector}{Between}{lessee}");

    /// <summary>Of the connection to the presenter of a monitor that a desktop gives, with that desktop's number.</summary>
    public static string OfLoan(string connector, DesktopLoan loan) => string.Create(CultureInfo.InvariantCulture, $"{connector}{Between}{(loan.IsWindow ? Windows : Desktops)}{loan.Desktop}");

    /// <summary>Null for the name of something else.</summary>
    public static (string Connector, DesktopLoan Loan)? Loan(string name) =>
        name.Split(Between) is [var connector, var of] && connector.Contains('-', StringComparison.Ordinal)
        && (NumberBehind(Desktops, of) ?? NumberBehind(Windows, of)) is { } desktop ? (connector, new(desktop, of.StartsWith(Windows, StringComparison.Ordinal))) : null;

    private static int? NumberBehind(string prefix, string of) =>
        of.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(of.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Null for the name of something else.</summary>
    public static (string Connector, uint Lessee)? Screen(string name) =>
        name.Split(Between) is [var connector, var number] && connector.Contains('-', StringComparison.Ordinal)
        && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var lessee) ? (connector, lessee) : null;

    public static bool IsCard(string name) => name.StartsWith("card", StringComparison.Ordinal) && name.AsSpan(4) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9');

    /// <summary><c>card0</c> of <c>card0-DP-1</c>.</summary>
    public static string NodeOf(string connector) => connector.Split('-')[0];
}
