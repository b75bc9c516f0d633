using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC with its own keyboard, one card that nobody uses, a template of one machine, and no seat in its configuration.</summary>
public sealed class SeatsFormFromATemplate
{
    private static readonly Device Keyboard = Machine.Keyboard("1-3", 0);

    private SeatsConfiguration _wanted = Configuration("");
    private readonly World _world = new(1);

    public SeatsFormFromATemplate()
    {
        _world.Gpus.Add(new("0000:00:02.0", "i915", "8086", "4680", true, 0, ["0000:00:02.0"]));
        _world.Gpus.Add(new("0000:01:00.0", "vfio-pci", "10de", "2484", false, 1, ["0000:01:00.0", "0000:01:00.1"]));
        _world.SetGuest(Machine.Guest("base"));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
    }

    [Fact]
    public void A_keyboard_makes_a_seat_with_a_clone_of_its_own_and_the_machine_itself_stays_off()
    {
        _world.Plug(Keyboard);
        Settle();
        Assert.Equal(new RememberedSeat("seat1", "base-seat1", "0000:01:00.0") { CloneOf = new("base", Persistent: false) }, Assert.Single(_world.Memory.Seats));
        Assert.Equal((GuestState.Running, "seat1", "base"), (Clone!.State, Clone.Seat, Clone.ThrowawayOf));
        Assert.Equal(GuestState.Off, _world.Guests["base"].State);
    }

    [Fact]
    public void It_is_cloned_although_it_runs_or_others_are_off_too()
    {
        _world.SetGuest(Machine.Guest("base", GuestState.Running));
        _world.SetGuest(Machine.Guest("office"));
        _world.Plug(Keyboard);
        Settle();
        Assert.Equal(GuestState.Running, Clone?.State);
    }

    [Fact]
    public void The_clone_is_kept_while_somebody_may_come_back_and_discarded_when_it_was_shut_down_after_that()
    {
        _world.Plug(Keyboard);
        Settle();
        _world.Unplug(Keyboard.Id);
        Settle();
        Assert.Equal(GuestState.Running, Clone?.State);
        _world.EndLinger();
        Settle();
        Assert.Null(Clone);
        Assert.Empty(_world.Sinks);

        _world.Plug(Keyboard);
        Settle();
        Assert.Equal((GuestState.Running, "seat1"), (Clone!.State, Clone.Seat));
    }

    [Fact]
    public void A_clone_that_somebody_shut_down_is_still_theirs_until_they_leave()
    {
        _world.Plug(Keyboard);
        Settle();
        _world.EndGuest("base-seat1");
        Settle();
        Assert.Equal(GuestState.Off, Clone?.State);
        _world.Unplug(Keyboard.Id);
        Settle();
        Assert.Null(Clone);
    }

    [Fact]
    public void The_clone_of_a_seat_that_was_removed_is_discarded_when_it_is_off()
    {
        _world.Plug(Keyboard);
        Settle();
        _world.Memory = _world.Memory.Without("seat1");
        Settle();
        Assert.Equal(GuestState.Running, Clone?.State);
        _world.EndGuest("base-seat1");
        Settle();
        Assert.Null(Clone);
    }

    [Fact]
    public void A_clone_that_is_to_be_kept_is_its_seats_for_ever()
    {
        _wanted = Configuration("persistent = true");
        _world.Plug(Keyboard);
        Settle();
        _world.Unplug(Keyboard.Id);
        Settle();
        _world.EndLinger();
        Settle();
        Assert.Equal((GuestState.Off, null), (Clone!.State, Clone.ThrowawayOf));
        _world.Memory = _world.Memory.Without("seat1");
        Settle();
        Assert.NotNull(Clone);
    }

    [Fact]
    public void A_memory_that_was_lost_is_made_anew_of_the_clone_that_runs()
    {
        _world.Plug(Keyboard);
        Settle();
        var before = _world.Memory.Seats;
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
        Assert.Equal(before, _world.Memory.Seats);
    }

    [Fact]
    public void A_name_that_somebody_has_is_left_to_them()
    {
        _world.SetGuest(Machine.Guest("base-seat1"));
        _world.Plug(Keyboard);
        Settle();
        Assert.Equal("base-seat1-2", Assert.Single(_world.Memory.Seats).Guest);
    }

    [Theory]
    [InlineData("my games (old)", "my_games__old_-seat1")]
    [InlineData("../base", "_base-seat1")]
    [InlineData("...", "guest-seat1")]
    public void A_clones_name_can_stand_in_a_path(string origin, string name) =>
        Assert.Equal(name, TemplateGuest.NameOf(origin, "seat1", _wanted, Memory.Empty, Inventory.Empty));

    [Fact]
    public void What_the_template_names_has_to_be_there()
    {
        _world.Guests.Remove("base");
        _world.Plug(Keyboard);
        Settle();
        Assert.Empty(_world.Memory.Seats);
        var plan = SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current);
        Assert.Equal("no seat forms: template 'gamer' is a clone of 'base', and libvirt has no guest of that name", plan.Claims.Single(claim => claim.Device == Keyboard.Id).Because);
    }

    private Guest? Clone => _world.Guests.GetValueOrDefault("base-seat1");

    private static SeatsConfiguration Configuration(string more) =>
        SeatsToml.Parse($"[spawn]\ntemplate = 'gamer'\n[template.gamer]\nclone = 'base'\n{more}\n", "f").Configuration!;

    private void Settle() => Laws.Settle(SeatPlanner.Plan, _world, _wanted);
}
