using Phyllome.Seats.Guests;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Planning;

/// <summary>What a seat's screen says while there is no picture on it. Pure.</summary>
internal static class ScreenWords
{
    /// <param name="guest">Where the seat's keyboard goes; null for the host.</param>
    /// <param name="own">The seat's own guest.</param>
    public static ShowStatus Of(string seat, Guest? guest, Guest own) => guest switch
    {
        null => new("This keyboard is the host's now.", [$"Both Ctrl keys at once, or the hotkey that 'home' of seats.toml says, bring it back to '{own.Name}'."]),
        { State: GuestState.Off or GuestState.Crashed } => new(
            $"Guest '{guest.Name}' is off.", [guest.Uuid == own.Uuid ? $"Start it with: seatctl seat start {seat}" : $"Start it with: virsh start {guest.Name}"]),
        { Screen: null } => new(
            $"Guest '{guest.Name}' has no picture for this screen.",
            [guest.Uuid == own.Uuid ? "It was started without its seat. Shut it down, then start it" : "It has no display that another program can show.",
                guest.Uuid == own.Uuid ? $"with: seatctl seat start {seat}" : "Its definition needs: <graphics type='dbus' p2p='yes'/>"]),
        _ => new($"Guest '{guest.Name}' has drawn nothing yet.", []),
    };
}
