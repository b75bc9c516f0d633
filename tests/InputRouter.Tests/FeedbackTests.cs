using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>What a guest lets the user of a gamepad feel, over the router's real loop.</summary>
public sealed class FeedbackTests : IDisposable
{
    private static readonly Guid Guest = Board.Guest('a');
    private static readonly Guid Other = Board.Guest('b');
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private static readonly InputEvent End = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    private readonly RouterFixture _router = new();
    private readonly FileDescriptor _pad, _clone, _others;

    public FeedbackTests()
    {
        _router.Devices.MostEffects = 2;
        _pad = _router.GiveSource(1);
        _router.Devices.MostEffects = 0;
        _clone = _router.GiveClone(2, Guest, "pad");
        _others = _router.GiveClone(4, Other, "pad");
        _router.Order(id => new SetSeat(id, "left", new([1], [Guest, Other]) { Clones = [new(1, "pad")] }));
        _router.Order(id => new SetGuestLive(id, Guest, true) { Clones = [2] });
        _router.Order(id => new SetGuestLive(id, Other, true) { Clones = [4] });
    }

    private FakeDevice Pad => _router.Devices[_pad];

    [Fact]
    public void An_effect_should_be_uploaded_played_ended_and_erased_under_the_devices_own_number()
    {
        Assert.Equal("told 5 None", Upload(_clone, 5, effect: 0, strength: 0x4000));
        Assert.Equal("upload 7 0x4000", Next(Pad));
        RouterFixture.Write(_clone, new(InputCodes.EV_FF, 0, 1), new(InputCodes.EV_FF, 0, 0));
        Assert.Equal([new(InputCodes.EV_FF, 7, 1), End, new(InputCodes.EV_FF, 7, 0), End], RouterFixture.Read(_pad, 4));

        // Changed in place.
        Assert.Equal("told 6 None", Upload(_clone, 6, effect: 0, strength: 0x5000));
        Assert.Equal("upload 7 0x5000", Next(Pad));
        Assert.Equal("told 8 None", Erase(_clone, 8, effect: 0));
        Assert.Equal("erase 7", Next(Pad));
        RouterFixture.Write(_clone, new InputEvent(InputCodes.EV_FF, 0, 1), new InputEvent(InputCodes.EV_FF, InputCodes.FF_GAIN, 3));
        Assert.Equal([new(InputCodes.EV_FF, InputCodes.FF_GAIN, 3), End], RouterFixture.Read(_pad, 2));
    }

    [Fact]
    public void Effects_should_be_erased_when_the_focus_goes_and_be_there_again_when_it_comes_back()
    {
        Upload(_clone, 5, effect: 0, strength: 0x4000);
        Upload(_clone, 6, effect: 3, strength: 0x6000);
        RouterFixture.Write(_clone, new InputEvent(InputCodes.EV_FF, InputCodes.FF_GAIN, 3));
        RouterFixture.Read(_pad, 2);
        Assert.Equal(["upload 7 0x4000", "upload 8 0x6000"], [Next(Pad), Next(Pad)]);
        _router.Order(id => new SetFocus(id, "left", Other));
        Assert.Equal(["erase 7", "erase 8"], [Next(Pad), Next(Pad)]);

        // Of the old focus nothing is felt, not even what it uploads meanwhile; of the new one, its own.
        Assert.Equal("told 9 None", Upload(_clone, 9, effect: 0, strength: 0x7000));
        RouterFixture.Write(_clone, new InputEvent(InputCodes.EV_FF, 3, 1));
        Assert.Equal("told 5 None", Upload(_others, 5, effect: 1, strength: 0x1000));
        Assert.Equal("upload 7 0x1000", Next(Pad));
        RouterFixture.Write(_others, new InputEvent(InputCodes.EV_FF, 1, 1));
        Assert.Equal([new(InputCodes.EV_FF, 7, 1), End], RouterFixture.Read(_pad, 2));

        _router.Order(id => new SetFocus(id, "left", Guest));
        Assert.Equal(["erase 7", "upload 7 0x7000", "upload 8 0x6000"], [Next(Pad), Next(Pad), Next(Pad)]);
        Assert.Equal([new(InputCodes.EV_FF, InputCodes.FF_GAIN, 3), End], RouterFixture.Read(_pad, 2));
        // What is asked next is done after that.
        Assert.Equal("told 10 None", Erase(_clone, 10, effect: 9));
        RouterFixture.Write(_clone, new InputEvent(InputCodes.EV_FF, 3, 1));
        Assert.Equal([new(InputCodes.EV_FF, 8, 1), End], RouterFixture.Read(_pad, 2));
    }

    [Fact]
    public void Effects_should_wait_for_a_device_that_is_unplugged_and_be_in_the_one_that_comes_back()
    {
        Upload(_clone, 5, effect: 0, strength: 0x4000);
        _pad.Dispose();
        while (_router.Next() is not SourceGone)
        {
        }

        Assert.Equal("told 6 None", Upload(_clone, 6, effect: 1, strength: 0x6000));
        _router.Devices.MostEffects = 2;
        using var pad = _router.GiveSource(10);
        _router.Order(id => new SetSeat(id, "left", new([10], [Guest, Other]) { Clones = [new(10, "pad")] }));
        Assert.Equal(["upload 7 0x4000", "upload 8 0x6000"], [Next(_router.Devices[pad]), Next(_router.Devices[pad])]);
    }

    [Fact]
    public void What_the_device_can_not_should_be_told_to_who_asked()
    {
        Upload(_clone, 1, effect: 0, strength: 1);
        Upload(_clone, 2, effect: 1, strength: 1);
        Assert.Equal("told 3 ENOSPC", Upload(_clone, 3, effect: 2, strength: 1));
        // A waveform of one's own is at a pointer of whoever asked.
        Assert.Equal("told 4 EINVAL", Upload(_clone, 4, effect: 0, strength: InputCodes.FF_CUSTOM, InputCodes.FF_PERIODIC));
    }

    public void Dispose()
    {
        _router.Dispose();
        _pad.Dispose();
        _clone.Dispose();
        _others.Dispose();
    }

    private string Upload(FileDescriptor clone, int request, short effect, ushort strength, ushort type = InputCodes.FF_RUMBLE)
    {
        var asked = new ForceEffect { Id = effect, Type = type };
        asked.Details[0] = strength;
        return Ask(clone, request, asked, InputCodes.UI_FF_UPLOAD);
    }

    private string Erase(FileDescriptor clone, int request, short effect) => Ask(clone, request, new() { Id = effect }, InputCodes.UI_FF_ERASE);

    private string Ask(FileDescriptor clone, int request, ForceEffect effect, ushort what)
    {
        _router.Devices[clone].Asked[request] = effect;
        RouterFixture.Write(clone, new InputEvent(InputCodes.EV_UINPUT, what, request));
        return Next(_router.Devices[clone]);
    }

    private static string Next(FakeDevice device)
    {
        Assert.True(device.Forces.TryTake(out var what, Long), "nothing was asked of the device");
        return what;
    }
}
