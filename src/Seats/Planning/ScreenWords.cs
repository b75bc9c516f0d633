using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Planning;

/// <summary>What a seat's screen says while there is no picture on it. Pure.</summary>
internal static class ScreenWords
{
    public const string Click = "Click the mouse in front of this screen: it is not known yet.";

    /// <param name="guest">Where the seat's keyboard goes; null for the host.</param>
    /// <param name="own">The seat's own guest.</param>
    /// <param name="page">What the host says of itself on this card's monitors; null where its console is drawn on another card.</param>
    /// <param name="elsewhere">The seat at whose monitors that guest is seen; null where it is this one, or none.</param>
    public static ShowStatus Of(string seat, Guest? guest, Guest own, ShowStatus? page, string? elsewhere = null) => guest switch
    {
        null => new(
            "This keyboard is the host's now.", [$"Both Ctrl keys at once, or the hotkey that 'home' of seats.toml says, bring it back to '{own.Name}'.", .. page?.Lines ?? []])
        {
            Title = page?.Title,
        },
        { State: GuestState.Off or GuestState.Crashed } => new(
            guest.IsSaved ? $"Guest '{guest.Name}' is saved, and goes on where it was." : $"Guest '{guest.Name}' is off.", [guest.Uuid == own.Uuid ? $"Start it with: seatctl seat start {seat}" : $"Start it with: virsh start {guest.Name}"]),
        { Screen: null } => new(
            $"Guest '{guest.Name}' has no picture for this screen.",
            [guest.Uuid == own.Uuid ? "It was started without its seat. Shut it down, then start it" : "It has no display that another program can show.",
                guest.Uuid == own.Uuid ? $"with: seatctl seat start {seat}" : "Its definition needs: <graphics type='dbus' p2p='yes'/>"]),
        _ when elsewhere is not null => new(
            $"Guest '{guest.Name}' is seen at seat {elsewhere}.", ["It is seen at one seat at a time, and here once that one goes to another guest. Your keys reach it all the same."]),
        _ => new($"Guest '{guest.Name}' has drawn nothing yet.", []),
    };

    /// <summary>Of a seat's further monitors, which are quiet while they have no picture: the main one says what is to be said.</summary>
    /// <param name="hasScreen">Whether the guest has a screen for it.</param>
    public static ShowStatus Beside(Guest? guest, bool hasScreen) => guest is { State: not (GuestState.Off or GuestState.Crashed), Screen: not null } && !hasScreen
        ? new($"Guest '{guest.Name}' has no further screen.", ["It gets one for this monitor when it is started anew, where its card is virtio."])
        : new("", []);

    /// <summary>The host's own page; what is needed most comes first, since a small monitor has no room for all of it.</summary>
    /// <param name="lent">Who is at which of the card's monitors.</param>
    public static ShowStatus OfHost(string host, IEnumerable<(string Seat, Display Monitor)> lent) => new(
        "This is the host.",
        [
            "Its console is not drawn while seats use this card. It comes back with: seatctl host take",
            .. lent.Select(one => $"{one.Seat} at {Name(one.Monitor)}").ToArray() is { Length: > 0 } who ? [$"{string.Join(", ", who)}."] : Array.Empty<string>(),
            "What its keyboard types goes there unseen. To see it, log in over the network.",
        ])
    {
        Title = host,
    };

    /// <summary>A monitor's own name, with its connector: two of a kind have the same.</summary>
    public static string Name(Display monitor)
    {
        var connector = monitor.Connector[(monitor.Connector.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return monitor.Monitor is { } name ? $"{name} ({connector})" : connector;
    }
}
