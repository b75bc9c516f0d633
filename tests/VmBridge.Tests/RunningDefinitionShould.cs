using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class RunningDefinitionShould
{
    private static readonly SeatOverlay Left = new("left", "/dev/input/event7", "/dev/input/event8", []);

    [Fact]
    public void Know_the_seat_and_the_inputs_that_the_overlay_gave()
    {
        var running = RunningDefinition.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Left));

        Assert.Equal(new("left", new("/dev/input/event7", true, false), new("/dev/input/event8", true, false), [7, 8], 2), running);
    }

    [Fact]
    public void Count_a_keyboard_that_the_monitor_took_out_as_out_although_libvirt_lists_it()
    {
        var live = Overlay.Apply(Fixture.Read("headless.xml"), Left).Replace("name=\"left\"", "name=\"left\" keyboard=\"out\"", StringComparison.Ordinal);

        Assert.Equal(new("left", new("/dev/input/event7", true, true), new("/dev/input/event8", true, false), [8], 2), RunningDefinition.Parse(live));
    }

    [Fact]
    public void Know_the_devices_of_the_host_that_it_takes() => Assert.Equal(
        ["0000:01:00.0", "0000:01:00.1"],
        RunningDefinition.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Left with { Gpu = ["0000:01:00.0", "0000:01:00.1"] })).Passed);

    [Fact]
    public void Know_the_mediated_device_that_it_takes() => Assert.Equal(
        ["11111111-2222-8333-8444-555555555555"],
        RunningDefinition.Parse(Overlay.Apply(Fixture.Read("headless.xml"), Left with { Mediated = Guid.Parse("11111111-2222-8333-8444-555555555555"), IsPart = true })).Passed);

    [Fact]
    public void Tell_no_seat_of_a_guest_that_its_owner_started() =>
        Assert.Equal(new(null, null, null, [], 1) { Passed = ["0000:01:00.0"], Vnc = 0 }, RunningDefinition.Parse(Fixture.Read("debian.xml")));
}
