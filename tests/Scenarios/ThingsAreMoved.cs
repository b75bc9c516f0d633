using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>What people do with cables while both seats are in use.</summary>
public sealed class ThingsAreMoved(RunningPc running) : Scenario(running)
{
    /// <summary>A loose contact: so often it comes and goes.</summary>
    static int Flaps => int.TryParse(Environment.GetEnvironmentVariable("PHYLLOME_FLAPS"), out var flaps) ? flaps : 20;

    [Fact]
    public async Task Two_keyboards_that_are_the_same_to_the_last_digit_type_where_they_are_plugged_in_and_change_seats_when_they_are_swapped()
    {
        await BothSitDownAsync();
        PcKeyboard[] twins = [new("twin-one", "1.3") { Serial = "0001" }, new("twin-two", "2.3") { Serial = "0001" }];
        foreach (var twin in twins) await PlugInAsync(twin);
        await BothHaveAsync(3);
        Assert.Equal(Person.StrokesOf("one"), await TypeAsync(twins[0], "one", Seats.Alpha));
        Assert.Equal(Person.StrokesOf("two"), await TypeAsync(twins[1], "two", Seats.Beta));

        foreach (var twin in twins) await Pc.UnplugAsync(twin.Name, Cancellation);
        await BothHaveAsync(2);
        await PlugInAsync(twins[0] with { Port = "2.3" });
        await PlugInAsync(twins[1] with { Port = "1.3" });
        await BothHaveAsync(3);
        Assert.Equal(Person.StrokesOf("one"), await TypeAsync(twins[0], "one", Seats.Beta));
        Assert.Equal(Person.StrokesOf("two"), await TypeAsync(twins[1], "two", Seats.Alpha));

        foreach (var twin in twins) await Pc.UnplugAsync(twin.Name, Cancellation);
        await BothHaveAsync(2);
    }

    [Fact]
    public async Task A_hub_that_is_pulled_and_plugged_in_again_is_its_seat_again_and_the_guest_never_notices()
    {
        await BothSitDownAsync();
        var devices = Seats.Alpha.Lines.Count;

        await Seats.Left.UnplugAsync(Cancellation);
        await Seats.WaitUntilAwayAsync(Seats.Left, Cancellation);
        Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));
        await Seats.Left.PlugInAsync(Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);

        await EachReceivesItsOwnAsync(keys: 30, movements: 30);
        Assert.DoesNotContain(Seats.Alpha.Lines.Skip(devices), line => line is GuestDeviceRemoved or GuestDeviceAdded);
    }

    [Fact]
    public async Task A_hub_with_five_devices_that_is_pulled_and_plugged_in_again_is_its_seat_with_all_five()
    {
        await BothSitDownAsync();
        PcUsbDevice[] more = [new PcKeyboard("third", "1.3"), new PcMouse("fourth", "1.4"), new PcKeyboard("fifth", "1.5")];
        foreach (var device in more) await PlugInAsync(device);
        await LeftHasAsync(5);

        await Seats.Left.UnplugAsync(Cancellation);
        await Seats.WaitUntilAwayAsync(Seats.Left, Cancellation);
        await TheOtherGoesOnAsync();
        await Seats.Left.PlugInAsync(Cancellation);
        foreach (var device in more) await PlugInAsync(device);
        await LeftHasAsync(5);

        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
        Assert.Equal(Person.StrokesOf("fifth"), await TypeAsync(more[2], "fifth", Seats.Alpha));
        foreach (var device in more) await Pc.UnplugAsync(device.Name, Cancellation);
        await LeftHasAsync(2);
    }

    [Fact]
    public async Task A_keyboard_with_a_loose_contact_disturbs_nobody_and_works_when_it_holds()
    {
        await BothSitDownAsync();
        var loose = new PcKeyboard("loose", "1.3");
        var qemus = await ProcessesAsync(Qemu);
        for (var i = 0; i < Flaps; i++)
        {
            await Pc.PlugAsync(loose, Cancellation);
            await Pc.UnplugAsync(loose.Name, Cancellation);
        }

        await TheOtherGoesOnAsync();
        await PlugInAsync(loose);
        await LeftHasAsync(3);
        Assert.Equal(Person.StrokesOf("holds"), await TypeAsync(loose, "holds", Seats.Alpha));
        Assert.Equal(qemus, await ProcessesAsync(Qemu));

        await Pc.UnplugAsync(loose.Name, Cancellation);
        await LeftHasAsync(2);
    }

    async Task PlugInAsync(PcUsbDevice device)
    {
        await Pc.PlugAsync(device, Cancellation);
        await Pc.WaitUntilPluggedInAsync(device.Name, Cancellation);
    }

    /// <summary>Types on any keyboard of the PC, and gives the keys that a guest received meanwhile.</summary>
    async Task<IReadOnlyList<KeyStroke>> TypeAsync(PcUsbDevice keyboard, string text, PcGuest into)
    {
        var from = into.Lines.Count;
        foreach (var (character, at) in text.Select((character, at) => (character, at)))
        {
            await Pc.Keyboard(keyboard.Name).TypeAsync(character.ToString(), Cancellation);
            await into.WaitForAsync($"'{character}' from {keyboard.Name}", lines => KeyStroke.In(lines).Count >= 2 * (at + 1), TimeSpan.FromMinutes(2), from, Cancellation);
        }
        return KeyStroke.In(into.Lines.Skip(from));
    }

    Task<SeatsStatus> BothHaveAsync(int devices) => Seats.WaitForStatusAsync($"each seat to have {devices} devices",
        status => status.Seats.Count == 2 && status.Seats.All(seat => seat is { State: SeatState.Active, Problems.Count: 0 } && seat.Devices.Count == devices), Cancellation);

    Task<SeatsStatus> LeftHasAsync(int devices) => Seats.WaitForStatusAsync($"seat left to have {devices} devices",
        status => status.Seats.Any(seat => seat is { Name: "left", State: SeatState.Active, Problems.Count: 0 } && seat.Devices.Count == devices), Cancellation);

    async Task TheOtherGoesOnAsync() =>
        Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));
}
