using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC with one card and two monitors under a desktop, which keeps one and gives one.</summary>
public sealed class DesktopMonitorsShould
{
    private const string Card = "0000:00:02.0", Other = "0000:05:00.0", First = "card0-DP-1", Second = "card0-DP-2";
    private static readonly Display Own = new(First, Card, true, "DELL", "DEL-40F1-AB123", "1920x1080") { Boot = true };
    private static readonly Display Lent = new(Second, Card, true, "LG 27", "GSM-5B7F-11", "1280x1024");
    private static readonly SeatsConfiguration OneSeat = SeatsToml.Parse("[[seat]]\nname='right'\nguests=['work']\ndisplays=['edid:GSM-5B7F-11']\ndevices=['port:1-3']\n", "f").Configuration!;

    /// <summary>It shows the first monitor and offers the second.</summary>
    private static readonly Desktop Offering = new(1, 1000, ["card0"], ["DP-1"], [Second]);

    private readonly World _world = new(1) { Screens = [], HasDesktop = true };

    public DesktopMonitorsShould()
    {
        _world.Gpus.Add(new(Card, "i915", "8086", "4680", true, 0, [Card]));
        _world.Displays.AddRange([Own, Lent]);
        _world.SetGuest(Machine.Guest("work"));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Plug(Machine.Keyboard("1-3", 0));
        _world.Memory = Memory.Of(OneSeat, _world.Observed, _world.Current);
    }

    [Fact]
    public void Have_the_desktop_lend_a_monitor_once_the_guest_runs_and_leave_its_others_alone()
    {
        _world.Come(Offering);
        var plan = Plan();
        Assert.Empty(plan.Steps.OfType<LendMonitor>());
        Assert.Equal(new ScreenSize(1280, 1024), Assert.Single(plan.Steps.OfType<StartGuest>()).Screen);
        Settle();
        Assert.Equal([new LentScreen("right", Second) { Loan = new(1), Guest = "work" }], _world.Screens!.Select(screen => screen with { Says = null }));
        Assert.Equal(("desktop-lease", SeatState.Active), Shown());
    }

    [Fact]
    public void Give_it_back_when_the_guest_is_off_and_keep_it_while_libvirt_cannot_be_asked()
    {
        _world.Come(Offering);
        Settle();
        _world.LibvirtIsThere = false;
        Settle();
        Assert.Single(_world.Screens!);
        _world.LibvirtIsThere = true;
        _world.EndGuest("work");
        Settle();
        Assert.Empty(_world.Screens!);
    }

    [Fact]
    public void Wait_in_words_when_its_person_has_logged_out_and_go_on_when_they_are_back()
    {
        _world.Come(Offering);
        Settle();
        _world.Go(1);
        Settle();
        Assert.Empty(_world.Screens!);
        Assert.Equal((null, SeatState.Waiting), Shown());
        Assert.Equal("its monitor LG 27 (DP-2) waits for the desktop that had the card and has ended, or is not in front: log in there again", Problem());

        _world.Come(Offering with { Number = 2 });
        Settle();
        Assert.Equal(2, Assert.Single(_world.Screens!).Loan?.Desktop);
        Assert.Equal(("desktop-lease", SeatState.Active), Shown());
    }

    [Fact]
    public void Say_of_a_monitor_that_a_desktop_has_and_does_not_offer_what_to_do()
    {
        _world.Come(Offering with { Offered = [] });
        Settle();
        Assert.Empty(_world.Screens!);
        Assert.StartsWith("its monitor LG 27 (DP-2) shows nothing of it: the desktop of user 1000 has the card", Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Have_the_desktop_lend_a_seat_several_monitors_turned_as_they_stand_and_go_on_with_the_main_one_where_another_is_kept()
    {
        const string Third = "card0-DP-3";
        var wanted = SeatsToml.Parse("[[seat]]\nname='right'\nguests=['work']\ndisplays=['edid:GSM-5B7F-11','connector:card0-DP-3']\nrotate=[90,0]\ndevices=['port:1-3']\n", "f").Configuration!;
        _world.Displays.Add(new(Third, Card, true, "EIZO", "ENC-2345-1", "1920x1200"));
        _world.Come(Offering with { Offered = [Second, Third] });
        Assert.Equal(new ScreenSize(1024, 1280), Assert.Single(Plan(wanted).Steps.OfType<StartGuest>()).Screen);
        Settle(wanted);
        Assert.Equal(
            [(Second, new DesktopLoan(1), Rotation.Clockwise, 0), (Third, new(1), Rotation.None, 1)],
            _world.Screens!.OrderBy(screen => screen.Connector).Select(screen => (screen.Connector, screen.Loan, screen.Rotation, screen.Head!.Number)));

        _world.Screens!.RemoveAll(screen => screen.Connector == Third);
        _world.Come(Offering);
        Settle(wanted);
        Assert.Equal([(Second, 0)], _world.Screens.Select(screen => (screen.Connector, screen.Head!.Number)));
        var seat = Assert.Single(StatusPicture.Make(wanted, _world.Memory, _world.Observed, _world.Current, Plan(wanted), [], [], null).Seats);
        Assert.Equal((SeatState.Active, Second), (seat.State, seat.MainMonitor));
        Assert.StartsWith("its monitor EIZO (DP-3) shows nothing of it: the desktop of user 1000 has the card", Assert.Single(seat.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Show_a_window_on_a_monitor_that_the_desktop_keeps_and_take_a_lease_where_it_offers_one()
    {
        _world.Come(Offering with { Outputs = ["DP-1", "DP-2"], Offered = [] });
        Settle();
        Assert.Equal(new DesktopLoan(1, IsWindow: true), Assert.Single(_world.Screens!).Loan);
        Assert.Equal(("window", SeatState.Active), Shown());
        _world.EndGuest("work");
        Settle();
        Assert.Empty(_world.Screens!);
        _world.RestartManager();
        Settle();
        Assert.Single(_world.Screens!);

        _world.Come(Offering);
        Settle();
        Assert.Equal(new DesktopLoan(1), Assert.Single(_world.Screens!).Loan);
    }

    [Fact]
    public void Turn_no_window_which_is_as_its_desktop_has_the_monitor_stand()
    {
        var turned = SeatsToml.Parse("[[seat]]\nname='right'\nguests=['work']\ndisplays=['edid:GSM-5B7F-11']\nrotate=90\ndevices=['port:1-3']\n", "f").Configuration!;
        _world.Come(Offering with { Outputs = ["DP-1", "DP-2"], Offered = [] });
        Assert.Equal(new ScreenSize(1280, 1024), Assert.Single(Plan(turned).Steps.OfType<StartGuest>()).Screen);
        Settle(turned);
        Assert.Equal((new(1, IsWindow: true), Rotation.None), (Assert.Single(_world.Screens!).Loan, _world.Screens![0].Rotation));

        _world.Come(Offering);
        Settle(turned);
        Assert.Equal((new(1), Rotation.Clockwise), (Assert.Single(_world.Screens).Loan, _world.Screens[0].Rotation));
    }

    [Fact]
    public void Take_the_monitor_of_a_card_that_no_desktop_has_itself_also_beside_one()
    {
        _world.Gpus.Add(new(Other, "amdgpu", "1002", "73df", false, 1, [Other]));
        _world.Displays[1] = Lent with { Connector = "card1-DP-1", Gpu = Other };
        _world.Come(Offering with { Outputs = ["eDP-1"], Offered = [] });
        Settle();
        Assert.Equal([("right", "card1-DP-1", null)], _world.Screens!.Select(screen => (screen.Seat, screen.Connector, screen.Loan)));
    }

    [Fact]
    public void Not_guess_which_monitor_a_desktop_means_where_two_cards_have_one_of_that_name()
    {
        var desktop = new Desktop(1, 1000, [], ["DP-1"], []);
        Assert.Equal(["card0"], desktop.CardsAmong([Own, Lent]));
        Assert.Empty(desktop.CardsAmong([Own, Lent with { Connector = "card1-DP-1" }]));
        Assert.Equal(["card0"], desktop.CardsAmong([Own, Lent with { Connector = "card1-DP-1", Connected = false }]));
    }

    [Fact]
    public void Not_believe_a_desktop_that_it_has_a_card_of_which_we_are_the_master()
    {
        _world.HasDesktop = false;
        Settle();
        Assert.Equal([(null, First), (null, Second)], _world.Screens!.Select(screen => (screen.Loan, screen.Connector)).Order());
        _world.Come(Offering);
        Settle();
        Assert.Equal(2, _world.Screens!.Count);
        Assert.Equal(("lease", SeatState.Active), Shown());
    }

    [Fact]
    public void Let_a_seat_form_by_itself_at_a_monitor_that_a_desktop_offers_and_at_no_other()
    {
        var nothing = SeatsConfiguration.Default;
        var keyboard = Machine.Keyboard("1-4", 0);
        _world.Plug(keyboard);
        Assert.Empty(Plan(nothing).Remembered?.Seats ?? []);
        _world.Come(Offering with { Offered = [] });
        Assert.Empty(Plan(nothing).Remembered?.Seats ?? []);
        _world.Come(Offering);
        Assert.Equal(["edid:GSM-5B7F-11", $"connector:{Card}-DP-2"], Assert.Single(Plan(nothing).Remembered!.Seats).Displays);
        // Whichever of the two it is.
        _world.Come(Offering with { Outputs = ["DP-2"], Offered = [First] });
        Assert.Equal("edid:DEL-40F1-AB123", Assert.Single(Plan(nothing).Remembered!.Seats).Displays[0]);
    }

    [Fact]
    public void Ask_at_a_monitor_that_a_desktop_offers_though_a_seat_has_given_another_one_back()
    {
        const string Third = "card0-DP-3";
        var asks = OneSeat with { Spawn = OneSeat.Spawn with { Mode = SpawnMode.Ask } };
        _world.Displays.Add(new(Third, Card, true, "EIZO", "ENC-2345-1", "1920x1200"));
        _world.SetGuest(Machine.Guest("spare"));
        _world.Come(Offering with { Offered = [Second, Third] });
        Settle(asks);
        _world.EndGuest("work");
        Settle(asks);
        _world.Plug(Machine.Keyboard("1-4", 0));
        Settle(asks);
        Assert.Equal((Step.Host, Third, new DesktopLoan(1)), (Assert.Single(_world.Screens!).Seat, _world.Screens![0].Connector, _world.Screens[0].Loan));
        Assert.Equal("EIZO (DP-3)", _world.Screens[0].Asks?.Screen);
    }

    private Plan Plan(SeatsConfiguration? wanted = null) => SeatPlanner.Plan(wanted ?? OneSeat, _world.Memory, _world.Observed, _world.Current);

    private string Problem() => Assert.Single(Plan().Problems).Sentence;

    private (string? Way, SeatState State) Shown()
    {
        var seat = Assert.Single(StatusPicture.Make(OneSeat, _world.Memory, _world.Observed, _world.Current, Plan(), [], [], null).Seats);
        return (Assert.Single(seat.Displays).Way, seat.State);
    }

    private void Settle(SeatsConfiguration? wanted = null)
    {
        for (var round = 0; round < 10; round++)
        {
            var plan = Plan(wanted);
            if (plan is { Steps.Count: 0, Remembered: null })
                return;
            _world.Apply(plan);
        }

        Assert.Fail("There is always something left to do.");
    }
}
