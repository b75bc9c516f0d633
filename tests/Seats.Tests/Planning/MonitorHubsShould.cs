using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The host's own keyboard at port 1-1; one card with two monitors, the second with a hub behind ports 1-4 and 2-4.</summary>
public sealed class MonitorHubsShould
{
    private const string Card = "0000:00:02.0", AtSecond = "displays=['connector:card0-DP-2']\n";

    private static readonly Inventory There = Machine.Example with
    {
        Devices = [Machine.Keyboard("1-1", 1)],
        Displays = [new("card0-DP-1", Card, true, "DELL", "DEL-40F1-AB123", "1920x1080"), new("card0-DP-2", Card, true, "LG 27", "GSM-5B7F-11", "2560x1440") { UsbPorts = ["1-4", "2-4"] }],
        Gpus = [new(Card, "i915", "8086", "4680", true, 1, [Card])],
    };

    [Fact]
    public void Give_what_is_plugged_into_a_monitor_to_the_monitors_seat()
    {
        Assert.Equal(("left", ClaimReason.SameHub, "same hub: monitor 'LG 27' (card0-DP-2) is at port:1-4 too"), Claim(AtSecond, Machine.Keyboard("1-4.1", 2)));
        Assert.Equal("left", Claim(AtSecond, Machine.Mouse("2-4.3.2", 2)).Seat);
    }

    [Fact]
    public void Say_nothing_of_what_is_in_no_monitors_hub() => Assert.Equal(Step.Host, Claim(AtSecond, Machine.Keyboard("1-5.1", 2)).Seat);

    [Fact]
    public void Say_nothing_of_a_monitor_that_is_not_a_seats_or_not_there()
    {
        Assert.Equal(Step.Host, Claim("displays=['connector:card0-DP-1']\n", Machine.Keyboard("1-4.1", 2)).Seat);
        Assert.Equal(Step.Host, Claim(AtSecond, Machine.Keyboard("1-4.1", 2), There with { Displays = There.Displays.Select(display => display with { Connected = false }).ToValueList() }).Seat);
    }

    [Fact]
    public void Know_the_monitors_of_a_seats_own_card() => Assert.Equal("left", Claim($"gpu='pci:{Card}'\n", Machine.Keyboard("1-4.1", 2)).Seat);

    [Fact]
    public void Say_nothing_where_the_host_has_something_there_too()
    {
        var there = There with { Devices = [.. There.Devices, Machine.Mouse("1-4.2", 3)] };
        Assert.Equal((Step.Host, ClaimReason.Host, "the hub port:1-4 says nothing: seat left and the host have devices there"), Claim(AtSecond, Machine.Mouse("1-4.1", 2), there));
    }

    /// <summary>Whose a keyboard or mouse is that is plugged in while one seat is configured.</summary>
    private static (string Seat, ClaimReason Reason, string Because) Claim(string seat, Device plugged, Inventory? there = null)
    {
        var wanted = SeatsToml.Parse($"[[seat]]\nname='left'\nguests=['windows']\n{seat}", "f").Configuration!;
        var observed = (there ?? There) with { Devices = [.. (there ?? There).Devices, plugged] };
        var claim = SeatPlanner.Plan(wanted, Memory.Empty, observed, Current.Nothing with { New = [plugged.Id] }).Claims.Single(claim => claim.Device == plugged.Id);
        return (claim.Seat, claim.Reason, claim.Because);
    }
}
