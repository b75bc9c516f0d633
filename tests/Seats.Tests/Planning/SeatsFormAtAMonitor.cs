using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC as most people have one: one graphics card, which is the host's, with a monitor, and another one that comes with a second keyboard.</summary>
public sealed class SeatsFormAtAMonitor
{
    private const string Card = "0000:00:02.0";
    private static readonly Display Own = new("card0-DP-1", Card, true, "DELL", "DEL-40F1-AB123", "1920x1080") { Boot = true };
    private static readonly Display Second = new("card0-DP-2", Card, true, "LG 27", "GSM-5B7F-11", "1280x1024");
    private static readonly Device Keyboard = Machine.Keyboard("1-3", 0);

    private readonly World _world = new(1);

    public SeatsFormAtAMonitor()
    {
        _world.Gpus.Add(new(Card, "i915", "8086", "4680", true, 0, [Card]));
        _world.SetGuest(Machine.Guest("gamer"));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Memory = Memory.Of(Nothing, _world.Observed, _world.Current);
        _world.Plug(Keyboard);
        _world.Displays.AddRange([Own, Second]);
    }

    private static SeatsConfiguration Nothing => SeatsConfiguration.Default;

    [Fact]
    public void A_keyboard_and_the_monitor_that_is_not_the_hosts_own_make_a_seat_whose_guest_is_shown_there()
    {
        var plan = Plan();
        Assert.Equal(new RememberedSeat("seat1", "gamer", null) { Displays = ["edid:GSM-5B7F-11", $"connector:{Card}-DP-2"] }, Assert.Single(plan.Remembered!.Seats));
        Assert.Contains(new LendMonitor("seat1", "card0-DP-2", Card), plan.Steps);
        Assert.Equal(new ScreenSize(1280, 1024), Assert.Single(plan.Steps.OfType<StartGuest>()).Screen);
    }

    [Fact]
    public void The_hosts_own_monitor_alone_makes_none()
    {
        _world.Displays.Remove(Second);
        Assert.Equal("no seat forms: no display is free, since the host keeps a monitor, and every other graphics card is a seat's, the boot's, in the host's use, or not to be passed through", WhyNot());
    }

    [Fact]
    public void The_monitor_that_the_configuration_keeps_for_the_host_is_not_free_and_the_boots_is()
    {
        var plan = Plan(Configuration("[host]\ndisplay='edid:GSM-5B7F-11'\n"));
        Assert.Contains(new LendMonitor("seat1", "card0-DP-1", Card), plan.Steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public void No_monitor_is_free_while_a_desktop_draws_on_them_or_may(bool? desktop) =>
        Assert.StartsWith("no seat forms: no display is free", WhyNot(Nothing, desktop), StringComparison.Ordinal);

    [Fact]
    public void Two_free_monitors_are_one_too_many_to_know_so_that_each_asks()
    {
        _world.Displays.Add(new("card0-HDMI-A-1", Card, true, "EIZO", "ENC-2A2B-7", "1920x1200"));
        Assert.StartsWith("it is asked at which screen it is", WhyNot(), StringComparison.Ordinal);
        Assert.Equal(["card0-DP-2", "card0-HDMI-A-1"], Plan().Steps.OfType<AskOnScreen>().Select(ask => ask.Connector));
    }

    [Fact]
    public void A_card_that_can_be_passed_through_goes_before_any_monitor()
    {
        _world.Gpus.Add(new("0000:01:00.0", null, "10de", "2484", false, 1, ["0000:01:00.0"]));
        Assert.Equal(new RememberedSeat("seat1", "gamer", "0000:01:00.0"), Assert.Single(Plan().Remembered!.Seats));
    }

    [Fact]
    public void The_hosts_own_monitor_is_the_panel_of_a_laptop_and_on_a_PC_whose_firmware_names_no_card_the_first()
    {
        _world.Displays[0] = Own with { Connector = "card0-eDP-1" };
        Assert.Contains(new LendMonitor("seat1", "card0-DP-2", Card), Plan().Steps);
        _world.Displays[0] = Own;
        _world.Gpus[0] = _world.Gpus[0] with { Boot = false };
        Assert.Contains(new LendMonitor("seat1", "card0-DP-2", Card), Plan().Steps);
    }

    [Fact]
    public void A_monitor_with_the_hosts_own_page_is_free()
    {
        var plan = SeatPlanner.Plan(Nothing, _world.Memory, _world.Observed with { HasDesktop = false }, _world.Current with { Screens = [new(Step.Host, "card0-DP-2")] });
        Assert.Single(plan.Remembered!.Seats);
        Assert.Contains(new TakeMonitorBack(Step.Host, "card0-DP-2"), plan.Steps);
    }

    [Fact]
    public void When_all_is_done_the_guest_is_at_the_second_monitor_and_the_hosts_page_at_its_own()
    {
        Settle();
        Assert.Equal([(Step.Host, "card0-DP-1", null), ("seat1", "card0-DP-2", "gamer")], _world.Screens!.OrderBy(screen => screen.Connector).Select(screen => (screen.Seat, screen.Connector, screen.Guest)));
    }

    [Fact]
    public void A_seat_that_nobody_sits_at_has_its_monitor_for_as_long_as_its_guest_is_kept_and_then_the_host_has_all()
    {
        Settle();
        _world.Unplug(Keyboard.Id);
        Settle();
        Assert.Equal(2, _world.Screens!.Count);
        _world.LibvirtIsThere = false;
        Settle();
        Assert.Equal(2, _world.Screens.Count);
        _world.LibvirtIsThere = true;
        _world.EndGuest("gamer");
        Settle();
        Assert.Empty(_world.Screens);

        _world.Plug(Keyboard);
        Settle();
        Assert.Equal(2, _world.Screens.Count);
    }

    [Fact]
    public void A_memory_that_is_made_anew_has_the_monitor_of_the_seat_that_the_router_has()
    {
        Settle();
        Assert.Equal(_world.Memory.Seats, Memory.Of(Nothing, _world.Observed, _world.Current).Seats);
    }

    [Fact]
    public void A_monitor_that_a_seat_names_is_that_seats()
    {
        var wanted = Configuration("[[seat]]\nname='left'\nguests=['work']\ndisplays=['edid:GSM-5B7F-11']\n");
        Assert.StartsWith("no seat forms: no display is free", WhyNot(wanted), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_restart_the_seat_has_its_monitor_whatever_number_the_card_has_and_also_another_one_at_its_place()
    {
        _world.Memory = Plan().Remembered!;
        Renumber(Second);
        Assert.Contains(new LendMonitor("seat1", "card1-DP-2", Card), Plan().Steps);
        Renumber(Second with { Monitor = "EIZO", Edid = "ENC-2A2B-7" });
        Assert.Contains(new LendMonitor("seat1", "card1-DP-2", Card), Plan().Steps);
    }

    [Fact]
    public void It_follows_its_monitor_to_another_connector()
    {
        _world.Memory = Plan().Remembered!;
        Renumber(Second with { Connector = "card1-HDMI-A-1" });
        Assert.Contains(new LendMonitor("seat1", "card1-HDMI-A-1", Card), Plan().Steps);
    }

    private void Renumber(Display second)
    {
        _world.Displays.Clear();
        _world.Displays.AddRange([Own with { Connector = "card1-DP-1" }, second with { Connector = second.Connector.Replace("card0", "card1", StringComparison.Ordinal) }]);
    }

    private void Settle()
    {
        (_world.Screens, _world.HasDesktop) = (_world.Screens ?? [], false);
        for (var round = 0; round < 10; round++)
        {
            var plan = SeatPlanner.Plan(Nothing, _world.Memory, _world.Observed, _world.Current);
            if (plan is { Steps.Count: 0, Remembered: null })
                return;
            _world.Apply(plan);
        }
        Assert.Fail("There is always something left to do.");
    }

    private Plan Plan(SeatsConfiguration? wanted = null, bool? desktop = false) =>
        SeatPlanner.Plan(wanted ?? Nothing, _world.Memory, _world.Observed with { HasDesktop = desktop }, _world.Current with { Screens = [] });

    private string? WhyNot(SeatsConfiguration? wanted = null, bool? desktop = false)
    {
        var plan = Plan(wanted, desktop);
        Assert.Empty(plan.Remembered?.Seats ?? []);
        return plan.Claims.First(claim => claim.Device == Keyboard.Id).Because;
    }

    private static SeatsConfiguration Configuration(string toml) => SeatsToml.Parse(toml, "f").Configuration!;
}
