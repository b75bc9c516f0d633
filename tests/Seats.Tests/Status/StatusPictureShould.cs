using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Phyllome.Seats.Tests.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Status;

public sealed class StatusPictureShould
{
    private static readonly SeatsConfiguration Wanted = SeatsToml.Parse(
        "[host]\nkeep=['port:1-1']\n[[seat]]\nname='left'\nguests=['windows','work']\ndevices=['port:1-2']\ndisplays=['connector:card0-HDMI-A-1']\n", "f").Configuration!;

    private readonly World _world = new(1);

    public StatusPictureShould()
    {
        foreach (var device in Machine.Example.Devices)
            _world.Plug(device);
        foreach (var guest in Machine.Example.Guests!.Value)
            _world.SetGuest(guest);
        _world.Displays.AddRange(Machine.Example.Displays);
        _world.Gpus.AddRange(Machine.Example.Gpus);
    }

    [Fact]
    public void Say_forming_until_the_devices_are_taken_and_then_active()
    {
        Assert.Equal(SeatState.Forming, Left().State);
        Settle();

        var left = Left();
        Assert.Equal(SeatState.Active, left.State);
        Assert.Equal(new GuestStatus("windows", GuestState.Running), left.Guest);
        Assert.Equal(["windows", "work"], left.Reach);
        Assert.Equal(["port:1-2.1", "port:1-2.2"], left.Devices.Select(device => device.Id));
        Assert.Equal(["keyboard", "mouse"], left.Devices.Select(device => device.Kind));
        Assert.Equal("configured: port:1-2", left.Devices[0].Claim);
        Assert.Equal("card0-HDMI-A-1", Assert.Single(left.Displays).Connector);
        Assert.Empty(left.Problems);
    }

    [Fact]
    public void Say_starting_until_a_guest_that_runs_hears_what_is_typed()
    {
        Settle();
        // As one is that was restored, before its pointer is plugged in again.
        _world.SetGuest(_world.Guests["windows"] with { Inputs = [] });
        Assert.Equal(SeatState.Starting, Left().State);
        Settle();
        Assert.Equal(SeatState.Active, Left().State);
    }

    [Fact]
    public void Say_of_a_guest_that_is_off_whether_its_state_is_saved()
    {
        _world.SetGuest(_world.Guests["windows"] with { State = GuestState.Off, End = GuestEnd.Saved, IsSaved = true });
        Assert.Equal(new GuestStatus("windows", GuestState.Off) { Saved = true }, Left().Guest);
    }

    [Fact]
    public void Leave_the_host_what_no_seat_has_and_never_show_a_sink_as_a_device()
    {
        Settle();
        var status = Status();

        Assert.Equal(("port:1-1", "kept by the host: port:1-1"), (Assert.Single(status.Unassigned).Id, status.Unassigned[0].Claim));
        Assert.Equal("card1-DP-2", Assert.Single(status.Host.Displays).Connector);
    }

    [Theory]
    [InlineData(GuestState.Off, SeatState.Waiting)]
    [InlineData(GuestState.Paused, SeatState.Active)]
    [InlineData(GuestState.Stopping, SeatState.Active)]
    [InlineData(GuestState.Crashed, SeatState.Waiting)]
    public void Follow_the_guest(GuestState guest, SeatState seat)
    {
        Settle();
        _world.SetGuest(_world.Guests["windows"] with { State = guest, Inputs = [] });
        Settle();

        Assert.Equal(seat, Left().State);
        Assert.Equal(guest, Left().Guest!.State);
    }

    [Fact]
    public void Say_starting_while_the_guest_is_being_started()
    {
        Settle();
        _world.SetGuest(_world.Guests["windows"] with { State = GuestState.Off });
        Settle();

        Assert.Equal(SeatState.Starting, Left(starting: ["left"]).State);
    }

    [Fact]
    public void Say_away_when_the_devices_are_gone_and_keep_the_guest()
    {
        Settle();
        foreach (var device in Machine.Example.Devices)
            _world.Unplug(device.Id);
        Settle();

        Assert.Equal(SeatState.Away, Left().State);
        Assert.Equal(GuestState.Running, Left().Guest!.State);
    }

    [Fact]
    public void Say_failed_for_an_unknown_guest_and_for_a_problem_that_prevents_only()
    {
        Settle();
        Assert.Equal(SeatState.Active, Left(new Problem("left", "one mouse is held by another program")).State);
        Assert.Equal(SeatState.Failed, Left(new Problem("left", "the guest cannot be started", Prevents: true)).State);

        _world.Guests.Remove("windows");
        var left = Left();
        Assert.Equal(SeatState.Failed, left.State);
        Assert.Equal("f:5:9: no libvirt domain is called 'windows': those there are 'work'", Assert.Single(left.Problems));
    }

    [Fact]
    public void Show_a_running_seat_as_active_while_libvirt_cannot_be_asked()
    {
        Settle();
        _world.LibvirtIsThere = false;
        var status = Status(new Problem(null, "libvirt cannot be reached"));

        Assert.Equal(SeatState.Active, status.Seats[0].State);
        Assert.Null(status.Seats[0].Guest);
        Assert.Equal("libvirt cannot be reached", Assert.Single(status.Host.Problems));
    }

    [Fact]
    public void Show_the_displays_of_a_gpu_that_is_passed_through()
    {
        var wanted = SeatsToml.Parse("[[seat]]\nname='left'\nguests=['windows']\ngpu='pci:0000:02:00.0'\ndisplays=['edid:DEL-40F1-000000']\n", "f").Configuration!;
        var status = StatusPicture.Make(wanted, Memory.Empty, _world.Observed, _world.Current, SeatPlanner.Plan(wanted, Memory.Empty, _world.Observed, _world.Current), [], [], null);

        Assert.Equal(new GpuStatus("0000:02:00.0", "amdgpu", "passthrough"), status.Seats[0].Gpu);
        Assert.Equal(
            Machine.Example.Gpus.Where(gpu => gpu.Address != "0000:02:00.0").Select(gpu => new GpuStatus(gpu.Address, gpu.Driver, "host")).OrderBy(gpu => gpu.Address, StringComparer.Ordinal),
            status.Host.Gpus);
        Assert.Equal(["card1-DP-2", "edid:DEL-40F1-000000"], status.Seats[0].Displays.Select(display => display.Connector));
        Assert.All(status.Seats[0].Displays, display => Assert.Equal("passthrough", display.Way));
    }

    [Fact]
    public void Report_a_bad_file_with_its_place()
    {
        var fault = new Diagnostic("/etc/phyllome/seats.toml", new(3, 4), "a sentence");
        var status = StatusPicture.Make(Wanted, Memory.Empty, _world.Observed, _world.Current, new([], [], []), [], [], fault);

        Assert.Equal("/etc/phyllome/seats.toml:3:4: a sentence", status.Host.Configuration);
    }

    private void Settle()
    {
        for (var round = 0; round < 5; round++)
            _world.Apply(SeatPlanner.Plan(Wanted, Memory.Empty, _world.Observed, _world.Current));
    }

    private SeatStatus Left(Problem? problem = null, ValueList<string> starting = default) => Status(problem, starting).Seats[0];

    private SeatsStatus Status(Problem? problem = null, ValueList<string> starting = default) => StatusPicture.Make(
        Wanted, Memory.Empty, _world.Observed, _world.Current, SeatPlanner.Plan(Wanted, Memory.Empty, _world.Observed, _world.Current), problem is null ? [] : [problem], starting, null);
}
