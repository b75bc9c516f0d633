using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

public sealed class TheHostsLastKeyboard
{
    /// <summary>The hub at 1-5 is b's, and b has a new keyboard on it already; c's glob picks the two others, which are new as well.</summary>
    [Fact]
    public void Is_spared_by_a_glob_where_the_other_is_in_its_seat_already()
    {
        var wanted = SeatsToml.Parse("[[seat]]\nname='b'\nguests=['windows']\ndevices=['port:1-5.2']\n[[seat]]\nname='c'\nguests=['work']\ndevices=['name:Keyboard*']\n", "f").Configuration!;
        var observed = Machine.Example with
        {
            Devices = [Machine.Keyboard("1-1", 1, "Keyboard one"), Machine.Keyboard("1-2", 2, "Keyboard two"), Machine.Keyboard("1-5.1", 3), Machine.Mouse("1-5.2", 4)],
        };
        var current = Current.Nothing with
        {
            New = observed.Devices.Select(device => device.Id).ToValueList(),
            Router = RouterState.Empty with { Seats = [new("b", new([3, 4], [Machine.Uuid("windows")]), Machine.Uuid("windows"))] },
        };

        var claims = SeatPlanner.Plan(wanted, Memory.Empty, observed, current).Claims;

        Assert.Equal(
            [("1-1", Step.Host, "the host has no other keyboard"), ("1-2", "c", "configured: name:Keyboard*"), ("1-5.1", "b", "same hub: 'Razer Mouse' (port:1-5.2) is at port:1-5 too"), ("1-5.2", "b", "configured: port:1-5.2")],
            claims.Select(claim => (Path.GetFileName(claim.Device), claim.Seat, claim.Because)));
    }
}
