using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The laws of monitors of a card of the host's that are lent for seats.</summary>
internal static partial class Laws
{
    private static void MonitorsReached(World world, SeatsConfiguration wanted, Plan plan)
    {
        if (world.Screens is not { } screens)
            return;
        Law(screens.DistinctBy(screen => screen.Connector).Count() == screens.Count, "a monitor is lent once");
        Law(screens.All(screen => screen.Seat == Step.Host || world.Routes.ContainsKey(screen.Seat)), "a monitor is lent to a seat that there is, or shows the host's own page");
        Law(screens.All(screen => world.Displays.Exists(display => display is { Connected: true } && display.Connector == screen.Connector)), "no monitor is lent that is not there");
        foreach (var screen in screens)
            Given(world, screen);
        Law((plan.Asking?.Screens ?? []).All(asking => screens.Exists(screen => screen.Seat == Step.Host && screen.Connector == asking.Connector && screen.Asks == asking.Question)), "each screen that is to ask who is there asks");
        Law(screens.Count(screen => screen.Asks is not null) == (plan.Asking?.Screens.Count ?? 0), "no other screen asks");
        var taken = new HashSet<string>();
        foreach (var seat in wanted.Seats.Where(seat => !seat.IsRemembered))
        {
            var own = MonitorsOf(seat, world, taken);
            if (!world.Routes.ContainsKey(seat.Name))
                continue;
            var lent = screens.Where(screen => screen.Seat == seat.Name).ToDictionary(screen => screen.Connector);
            Law(lent.Keys.All(connector => own.Any(display => display.Connector == connector)), "a seat has no monitor that it does not name, or that another seat has before it");
            foreach (var display in own.Where(display => lent.ContainsKey(display.Connector)))
                Law(lent[display.Connector].Rotation == (lent[display.Connector].Loan is { IsWindow: true } ? Rotation.None : RotationSaid(seat, display)), "what a monitor shows is turned as its seat says, and a window not at all");
            foreach (var display in own.Where(display => IsOurs(world, display)))
                Law(lent.ContainsKey(display.Connector), "a seat has the monitors that it names and that are there, each but for one that another seat has before it");
            if (!world.LibvirtIsThere)
                continue;
            var isOn = seat.Guests.Any(name => world.Guests.GetValueOrDefault(name) is { State: not (GuestState.Off or GuestState.Crashed) });
            foreach (var display in own.Where(display => !IsOurs(world, display)))
                Law(lent.ContainsKey(display.Connector) == (isOn && IsGiven(world, display)), "a desktop gives a seat the monitors that it offers or shows while a guest is there to be seen, and no others");
            var seen = world.FocusOf(seat.Name) is { } focus ? world.Guests.Values.FirstOrDefault(guest => guest.Uuid == focus) : world.Guests.GetValueOrDefault(seat.Guests[0]);
            Law(lent.Values.All(screen => screen.Guest is null || screen.Guest == seen?.Name), "a seat's monitors show the guest that has its focus, and no other");
            if (seen is not { State: not GuestState.Off, Screen: not null } || own.Length == 0)
                continue;
            var main = lent.GetValueOrDefault(own[0].Connector);
            if (screens.FirstOrDefault(screen => screen.Seat != seat.Name && screen.Guest == seen.Name) is { } other)
                Law(lent.Values.All(screen => screen.Guest is null) && main?.Says!.Heading.Contains(other.Seat, StringComparison.Ordinal) != false, "a guest is seen at the monitors of one seat, and others that have their focus on it say which");
            else
                ScreensReached(seen, main, [.. own.Where(display => lent.ContainsKey(display.Connector)).Select(display => lent[display.Connector])]);
        }
    }

    /// <param name="main">The seat's main monitor; null where it is not to be had.</param>
    /// <param name="lent">The seat's monitors, the main one first.</param>
    private static void ScreensReached(Guest guest, LentScreen? main, LentScreen[] lent)
    {
        if (lent.Length == 0)
            return;
        var shown = lent.Where(screen => screen.Guest == guest.Name).ToArray();
        if (guest.Heads == 1)
        {
            Law(main is null ? shown.Length == 0 : shown is [{ Head: null } only] && only == main, "a guest with one screen is on its seat's main monitor alone");
            return;
        }

        var numbers = shown.Select(screen => screen.Head!.Number).Order().ToArray();
        Law(numbers.Length == Math.Min(guest.Heads, lent.Length), "as many of a guest's screens are shown as there are monitors for");
        Law(numbers.Distinct().Count() == numbers.Length && numbers.All(number => number >= 0 && number < guest.Heads), "each monitor shows a screen of its own");
        Law(shown.All(screen => screen.Head!.On.SequenceEqual(numbers)), "a guest knows which of its screens have a monitor");
    }

    /// <summary>In the order in which the seat names them; each is then taken.</summary>
    private static Display[] MonitorsOf(SeatWish seat, World world, HashSet<string> taken) =>
    [
        .. (seat.Gpu is null ? seat.Displays : []).SelectMany(selector => world.Displays.OrderBy(display => display.Connector, StringComparer.Ordinal).Where(display => SelectorMatch.Matches(selector, display)))
            .Where(display => display.Connected).Where(display => taken.Add(display.Connector)),
    ];

    private static Rotation RotationSaid(SeatWish seat, Display display)
    {
        for (var i = 0; i < seat.Displays.Count; i++)
        {
            if (SelectorMatch.Matches(seat.Displays[i], display))
                return seat.Rotations[i];
        }

        return Rotation.None;
    }
}
