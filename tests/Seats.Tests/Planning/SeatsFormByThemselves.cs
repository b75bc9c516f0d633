using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>With no configuration: a PC with its own keyboard, one card that nobody uses and one machine that is off.</summary>
public sealed class SeatsFormByThemselves
{
    private SeatsConfiguration _wanted = SeatsConfiguration.Default;
    private readonly World _world = new(1);

    public SeatsFormByThemselves()
    {
        _world.Gpus.Add(new("0000:00:02.0", "i915", "8086", "4680", true, 0, ["0000:00:02.0"]));
        _world.Gpus.Add(new("0000:01:00.0", "vfio-pci", "10de", "2484", false, 1, ["0000:01:00.0", "0000:01:00.1"]));
        _world.SetGuest(Machine.Guest("gamer"));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
    }

    [Fact]
    public void A_keyboard_makes_a_seat_and_a_mouse_joins_it()
    {
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal(new RememberedSeat("seat1", "gamer", "0000:01:00.0"), Assert.Single(_world.Memory.Seats));
        Assert.Equal((GuestState.Running, "seat1"), (_world.Guests["gamer"].State, _world.Guests["gamer"].Seat));
        Assert.Equal((Step.Host, ClaimReason.Host), Where("1-1"));

        _world.Plug(Machine.Mouse("1-4", 0));
        Settle();
        Assert.Equal(("seat1", ClaimReason.Remembered), Where("1-4"));
        Assert.Equal("remembered: completed: it is the only new pointer, and seat seat1 alone has none", Claim("1-4").Because);
        Assert.Equal("remembered: the seat formed around it", Claim("1-3").Because);
    }

    [Fact]
    public void A_mouse_that_was_there_before_stays_with_the_host()
    {
        _world.Plug(Machine.Mouse("1-4", 0));
        Settle();
        _world.PassMinute();
        Settle();
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal((Step.Host, ClaimReason.Host), Where("1-4"));
    }

    [Fact]
    public void A_keyboard_that_has_been_there_for_a_minute_makes_no_seat_when_a_machine_comes()
    {
        _world.EndGuest("gamer");
        _world.Guests.Remove("gamer");
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal("no seat forms: there is no machine that is off and that no seat has", Claim("1-3").Because);
        _world.PassMinute();
        Settle();
        _world.SetGuest(Machine.Guest("gamer"));
        Settle();
        Assert.Equal((Step.Host, "no seat asks for it"), (Claim("1-3").Seat, Claim("1-3").Because));
    }

    [Fact]
    public void What_is_plugged_into_the_hub_of_a_seat_is_the_seats()
    {
        _world.Plug(Machine.Keyboard("1-3.1", 0));
        Settle();
        _world.PassMinute();
        _world.Plug(Machine.Mouse("1-3.2.4", 0, "Trackball", "047d:2048"));
        Assert.Equal((("seat1", ClaimReason.SameHub), "same hub: 'Logitech Keyboard' (port:1-3.1) is at port:1-3 too"), (Where("1-3.2.4"), Claim("1-3.2.4").Because));
        Settle();
        Assert.Equal("remembered: same hub: 'Logitech Keyboard' (port:1-3.1) is at port:1-3 too", Claim("1-3.2.4").Because);
    }

    [Fact]
    public void A_hub_that_the_host_shares_says_nothing()
    {
        _world.Plug(Machine.Mouse("1-3.4", 0));
        _world.PassMinute();
        _world.Plug(Machine.Keyboard("1-3.1", 0));
        Settle();
        _world.PassMinute();
        _world.Plug(Machine.Mouse("1-3.2", 0, "Second", "047d:2048"));
        Settle();
        _world.Plug(Machine.Mouse("1-3.3", 0, "Third", "047d:2049"));
        Assert.Equal("the hub port:1-3 says nothing: the host and seat seat1 have devices there", Claim("1-3.3").Because);
    }

    [Fact]
    public void A_keyboard_with_a_serial_number_is_its_seats_at_another_port_too()
    {
        _world.Plug(Machine.Keyboard("1-3", 0) with { Serial = "S1" });
        Settle();
        _world.Unplug("/sys/devices/usb/1-3");
        Settle();
        _world.PassMinute();
        _world.Plug(Machine.Keyboard("2-2", 0) with { Serial = "S1" });
        Assert.Equal((("seat1", ClaimReason.Remembered), "remembered: by its serial number, it was at port:1-3 before"), (Where("2-2"), Claim("2-2").Because));
        Settle();
        Assert.Equal("remembered: by its serial number, it was at port:1-3 before", Claim("2-2").Because);
        Assert.Single(_world.Memory.Seats);
    }

    [Fact]
    public void Another_keyboard_of_the_same_make_is_not_taken_for_the_one_that_left_but_completes_the_seat_while_it_is_new()
    {
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        _world.Unplug("/sys/devices/usb/1-3");
        Settle();
        _world.Plug(Machine.Keyboard("1-8", 0));
        Assert.Equal((("seat1", ClaimReason.Completed), "completed: it is the only new keyboard, and seat seat1 alone has none"), (Where("1-8"), Claim("1-8").Because));
    }

    [Fact]
    public void Its_guest_is_shut_down_when_it_was_left_for_long_and_started_when_somebody_comes_back()
    {
        var keyboard = Machine.Keyboard("1-3", 0);
        _world.Plug(keyboard);
        Settle();
        _world.Unplug(keyboard.Id);
        Settle();
        Assert.Equal(GuestState.Running, _world.Guests["gamer"].State);
        _world.EndLinger();
        Settle();
        Assert.Equal(GuestState.Off, _world.Guests["gamer"].State);
        _world.Plug(keyboard);
        Settle();
        Assert.Equal((GuestState.Running, "seat1"), (_world.Guests["gamer"].State, Claim("1-3").Seat));
    }

    [Fact]
    public void The_hosts_only_keyboard_makes_no_seat()
    {
        _world.Unplug("/sys/devices/usb/1-1");
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal((Step.Host, "no seat forms: the host has no other keyboard"), (Claim("1-3").Seat, Claim("1-3").Because));
    }

    [Fact]
    public void A_seat_keeps_its_keyboard_when_the_hosts_is_pulled()
    {
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        _world.Unplug("/sys/devices/usb/1-1");
        Settle();
        Assert.Equal("seat1", Claim("1-3").Seat);
    }

    [Theory]
    [InlineData("off", "no seat forms by itself: 'mode' of [spawn] is \"off\"")]
    [InlineData("ask", "no screen asks whose it is: no monitor is free to ask at; a seat can be made of it with 'seatctl seat add'")]
    public void The_configuration_can_have_it_otherwise(string mode, string why)
    {
        _wanted = SeatsToml.Parse($"[spawn]\nmode='{mode}'\n", "f").Configuration!;
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Empty(_world.Memory.Seats);
        Assert.Equal(why, Claim("1-3").Because);
    }

    [Fact]
    public void Where_there_are_two_ways_it_is_said_and_nothing_is_guessed()
    {
        _world.SetGuest(Machine.Guest("office"));
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal("no seat forms: 'gamer' and 'office' are all off and no seat has them; choose one with 'seatctl seat add'", Claim("1-3").Because);
        _world.Plug(Machine.Keyboard("1-4", 0));
        Assert.Equal("no seat forms: 2 keyboards are new at once; make one with 'seatctl seat add'", Claim("1-3").Because);
    }

    [Fact]
    public void A_new_keyboard_is_held_where_it_must_be_confirmed_and_a_host_without_any_takes_the_first()
    {
        _wanted = SeatsToml.Parse("[host]\nnew-devices='confirm'\n", "f").Configuration!;
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        Assert.Equal(("it is new, and 'new-devices' is \"confirm\": 'seatctl assign' says whose it is", 1), (Claim("1-3").Because, _world.Sources.Count));
        Assert.Empty(_world.Routes);

        _world.Unplug("/sys/devices/usb/1-1");
        Settle();
        Assert.Equal(("the host's first keyboard is always taken", 0), (Claim("1-3").Because, _world.Sources.Count));
    }

    [Fact]
    public void A_memory_that_was_lost_is_made_anew_of_what_is_there()
    {
        _world.Plug(Machine.Keyboard("1-3", 0));
        Settle();
        var before = _world.Memory;
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
        Assert.Equal(before.Seats, _world.Memory.Seats);
        Assert.Empty(SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current).Steps);
    }

    private void Settle() => Laws.Settle(SeatPlanner.Plan, _world, _wanted);

    private Claim Claim(string port) =>
        SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current).Claims.Single(claim => claim.Device == $"/sys/devices/usb/{port}");

    private (string Seat, ClaimReason Reason) Where(string port) => (Claim(port).Seat, Claim(port).Reason);
}
