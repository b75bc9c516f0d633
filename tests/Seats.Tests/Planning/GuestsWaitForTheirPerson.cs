using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>What becomes of a configured seat's guest when its person goes, and when they come back.</summary>
public sealed class GuestsWaitForTheirPerson
{
    private readonly World _world = new(1);
    private readonly Device _keyboard = Machine.Keyboard("1-3", 0);
    private SeatsConfiguration _wanted = Of("save");

    public GuestsWaitForTheirPerson()
    {
        _world.WithCards();
        _world.SetGuest(Machine.Guest("work"));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
    }

    [Fact]
    public void One_that_is_to_be_saved_is_started_for_whoever_sits_there_and_goes_on_when_they_are_back()
    {
        Settle();
        Assert.Equal(GuestState.Off, _world.Guests["work"].State);
        SitDown();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);

        GoAway();
        Assert.Equal((GuestState.Off, GuestEnd.Saved), (_world.Guests["work"].State, _world.Guests["work"].End));
        SitDown();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);
    }

    [Fact]
    public void One_that_is_kept_runs_on_and_runs_before_anybody_sits_there()
    {
        _wanted = Of("keep");
        Settle();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);
        SitDown();
        GoAway();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);
    }

    [Fact]
    public void One_that_was_shut_down_by_its_person_is_not_started_again_for_having_been_saved_once()
    {
        SitDown();
        GoAway();
        SitDown();
        _world.EndGuest("work");
        Settle();
        Assert.Equal(GuestState.Off, _world.Guests["work"].State);
    }

    [Fact]
    public void What_is_passed_through_by_usb_goes_before_and_comes_back_after()
    {
        _wanted = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['work']\ndevices=['port:1-3','port:1-4']\naway='save'\n", "f").Configuration!;
        var stick = Machine.Usb(DeviceKind.Storage, "1-4", "Stick", "46f4:0001") with { Usb = new(1, 0, ["080650"]) };
        _world.Plug(stick);
        SitDown();
        Assert.Equal("1-4", Assert.Single(_world.Guests["work"].Usb).Port);

        GoAway();
        Assert.Equal((GuestState.Off, GuestEnd.Saved, 0), (_world.Guests["work"].State, _world.Guests["work"].End, _world.Guests["work"].Usb.Count));
        SitDown();
        Assert.Equal("1-4", Assert.Single(_world.Guests["work"].Usb).Port);
    }

    [Fact]
    public void One_with_a_card_runs_on_and_it_is_said_why()
    {
        _wanted = SeatsToml.Parse($"[[seat]]\nname='left'\nguests=['work']\ndevices=['port:1-3']\ngpu='pci:{World.Card(1)}'\naway='save'\n", "f").Configuration!;
        SitDown();
        GoAway();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);
        Assert.Contains(
            $"nobody sits here, and guest 'work' runs on: it has {World.Card(1)}, and nobody can save the state of a device that is passed through; set away = \"shut-down\", or shut it down",
            SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current).Problems.Select(problem => problem.Sentence));
    }

    [Fact]
    public void One_that_somebody_at_another_seat_looks_at_is_not_saved_before_they_look_away()
    {
        _wanted = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['work']\ndevices=['port:1-3']\naway='save'\n[[seat]]\nname='right'\nguests=['play','work']\ndevices=['port:1-4']\n", "f").Configuration!;
        _world.SetGuest(Machine.Guest("play"));
        _world.Plug(Machine.Keyboard("1-4", 0));
        SitDown();
        _world.Unplug(_keyboard.Id);
        Settle();
        _world.EndLinger();
        Assert.DoesNotContain(PlanWithFocus("work").Steps, step => step is SaveGuest);
        Assert.Contains(new SaveGuest("left", Machine.Uuid("work"), "work"), PlanWithFocus("play").Steps);
    }

    [Fact]
    public void One_that_its_owner_started_gets_the_keyboard_and_the_pointer_of_its_seat()
    {
        _world.SetGuest(Machine.Guest("work", GuestState.Running));
        SitDown();
        Assert.Equal("left", _world.Guests["work"].Seat);
        Assert.Equal(_world.Sinks.Select(sink => sink.Event).Order(), _world.Guests["work"].Inputs.Order());
        Assert.All(_world.Sinks, sink => Assert.True(sink.Live));
    }

    [Fact]
    public void One_into_which_an_older_libvirt_plugs_no_keyboard_is_its_seats_all_the_same_and_it_is_said_once()
    {
        _world.SetGuest(Machine.Guest("work", GuestState.Running) with { TakesKeyboard = false });
        SitDown();
        Assert.Equal(("left", 0), (_world.Guests["work"].Seat, _world.Guests["work"].Inputs.Count));
        var plan = SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current);
        Assert.Empty(plan.Steps);
        Assert.Equal(
            "guest 'work' runs without the keyboard of its seat, which this libvirt cannot plug into a guest that runs: shut it down, then start it with 'seatctl seat start left'",
            Assert.Single(plan.Problems).Sentence);
    }

    private Plan PlanWithFocus(string guest)
    {
        var current = _world.Current;
        var seats = current.Router.Seats.Select(seat => seat.Name == "right" ? seat with { Focus = Machine.Uuid(guest) } : seat).ToValueList();
        return SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, current with { Router = current.Router with { Seats = seats } });
    }

    private static SeatsConfiguration Of(string away) =>
        SeatsToml.Parse($"[[seat]]\nname='left'\nguests=['work']\ndevices=['port:1-3']\naway='{away}'\n", "f").Configuration!;

    private void SitDown()
    {
        _world.Plug(_keyboard);
        Settle();
    }

    private void GoAway()
    {
        _world.Unplug(_keyboard.Id);
        Settle();
        Assert.Equal(GuestState.Running, _world.Guests["work"].State);
        _world.EndLinger();
        Settle();
    }

    private void Settle() => Laws.Settle(SeatPlanner.Plan, _world, _wanted);
}
