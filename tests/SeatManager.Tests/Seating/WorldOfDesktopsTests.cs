using Phyllome.Seats.Devices;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Seating;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

public sealed class WorldOfDesktopsTests
{
    private static readonly DisplaysObserved Displays = new([new Display("card1-DP-1", "0000:00:02.0", true, "DELL", null, "1920x1080")], []);

    [Fact]
    public void A_card_that_a_desktop_had_should_be_known_when_that_has_ended()
    {
        var world = World.Unknown.WithDesktops([new(1, 1000, ["card0"], [], [])], Displays);
        Assert.Equal(["card0"], world.Inventory.DesktopCards);
        world = world.WithDesktops([], Displays);
        Assert.Empty(world.Inventory.Desktops);
        Assert.Equal(["card0"], world.Inventory.DesktopCards);
    }

    [Fact]
    public void Which_card_a_desktop_has_should_be_known_as_soon_as_its_monitor_is_seen()
    {
        var world = World.Unknown.WithDesktops([new(1, 1000, [], ["DP-1"], [])], null);
        Assert.Empty(world.Inventory.DesktopCards);
        Assert.Equal(["card1"], world.WithDesktops(world.Desktops, Displays).Inventory.DesktopCards);
    }

    [Fact]
    public void Without_a_desktop_nothing_should_be_known_of_cards() => Assert.Empty(World.Unknown.WithDesktops([], Displays).Inventory.DesktopCards);
}
