using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC with 4 processors and 16 GiB, its own keyboard, one card that nobody uses, and a machine of 4 processors and 8 GiB that is off.</summary>
public sealed class SeatsFormWhereThereIsRoom
{
    private const long GiB = 1 << 20;

    private static readonly Device Keyboard = Machine.Keyboard("1-3", 0);

    private SeatsConfiguration _wanted = SeatsConfiguration.Default;
    private readonly World _world = new(1) { Room = new(4, 16 * GiB) };

    public SeatsFormWhereThereIsRoom()
    {
        _world.Gpus.Add(new("0000:00:02.0", "i915", "8086", "4680", true, 0, ["0000:00:02.0"]));
        _world.Gpus.Add(new("0000:01:00.0", "vfio-pci", "10de", "2484", false, 1, ["0000:01:00.0", "0000:01:00.1"]));
        _world.SetGuest(Sized("gamer", 4, 8));
        _world.Plug(Machine.Keyboard("1-1", 0));
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
    }

    [Fact]
    public void A_seat_forms_where_its_machine_fits_and_processors_are_shared()
    {
        _world.SetGuest(Sized("server", 4, 7, GuestState.Running));
        Assert.Null(WhyNot());
    }

    [Fact]
    public void A_machine_that_runs_leaves_less_and_what_is_missing_is_said()
    {
        _world.SetGuest(Sized("server", 4, 10, GuestState.Running));
        Assert.Equal("no seat forms: guest 'gamer' has 8.0 GiB of memory, of which 3.0 GiB are missing: of this PC's 16.0 GiB the host keeps 1.0 GiB, and the machines that run or are of seats have 10.0 GiB", WhyNot());
        _world.EndGuest("server");
        _world.Guests.Remove("server");
        Assert.Null(WhyNot());
    }

    [Fact]
    public void A_machine_of_a_seat_has_its_memory_be_it_off()
    {
        _wanted = Configuration("[[seat]]\nname = 'left'\nguests = ['work']\ndevices = ['port:9-9']\n");
        _world.SetGuest(Sized("work", 1, 8));
        Assert.Contains("of which 1.0 GiB are missing", WhyNot(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_with_more_processors_than_there_are_is_refused()
    {
        _world.SetGuest(Sized("gamer", 6, 8));
        Assert.Equal("no seat forms: guest 'gamer' has 6 processors, 2 more than this PC", WhyNot());
    }

    [Fact]
    public void Clones_need_what_they_are_made_of_each()
    {
        _wanted = Configuration("[spawn]\ntemplate = 'small'\n[template.small]\nclone = 'gamer'\n");
        _world.SetGuest(Sized("gamer", 4, 8, GuestState.Running));
        Assert.Contains("of which 1.0 GiB are missing", WhyNot(), StringComparison.Ordinal);
        _world.EndGuest("gamer");
        _world.SetGuest(Sized("gamer", 4, 8));
        // One that has its seat and is yet to be made.
        var theirs = Machine.Keyboard("1-4", 0);
        _world.Plug(theirs);
        _world.Memory = _world.Memory.With(new RememberedSeat("other", "gamer-other", null) { CloneOf = new("gamer", Persistent: false) }).With(theirs, "other");
        Assert.Contains("of which 1.0 GiB are missing", WhyNot(), StringComparison.Ordinal);
        _world.Memory = _world.Memory.Without("other");
        _world.Unplug(theirs.Id);
        Assert.Null(WhyNot());
    }

    [Fact]
    public void Where_nobody_can_say_what_there_is_a_seat_forms()
    {
        _world.Room = HostRoom.Unknown;
        _world.SetGuest(Sized("gamer", 64, 640));
        Assert.Null(WhyNot());
        _world.Room = new(4, 16 * GiB);
        _world.SetGuest(Machine.Guest("gamer"));
        Assert.Null(WhyNot());
    }

    /// <summary>What the new keyboard is told; null where a seat forms around it.</summary>
    private string? WhyNot()
    {
        _world.Plug(Keyboard);
        var plan = SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current);
        _world.Unplug(Keyboard.Id);
        var claim = plan.Claims.Single(claim => claim.Device == Keyboard.Id);
        return claim.Reason == ClaimReason.Host ? claim.Because : null;
    }

    private static Guest Sized(string name, int vcpus, int gib, GuestState state = GuestState.Off) => Machine.Guest(name, state) with { Size = new(vcpus, gib * GiB) };

    private static SeatsConfiguration Configuration(string text) => SeatsToml.Parse(text, "f").Configuration!;
}
