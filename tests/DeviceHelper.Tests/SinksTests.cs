using System.Text;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

public sealed class SinksTests
{
    private static readonly Guid Guest = new("01234567-89ab-cdef-0123-456789abcdef");

    [Fact]
    public void A_keyboard_should_be_one_to_udev_and_lack_the_grab_toggle_and_the_power_keys()
    {
        var keyboard = Sinks.Describe(new CreateSinkNode(Guest, "windows", SinkKind.Keyboard));
        Assert.Equal("Phyllome keyboard windows", keyboard.Device.Name);
        Assert.Equal("phyllome/01234567-89ab-cdef-0123-456789abcdef/keyboard", keyboard.Phys);
        Assert.Equal(Enumerable.Range(1, 31), keyboard.Device.Keys.Take(31).Select(key => (int)key));
        foreach (var absent in new ushort[] { 0, 70, 116, 142, 143, 205, 0x164, 0x198, 0x110 })
            Assert.DoesNotContain(absent, keyboard.Device.Keys);
        foreach (var present in new ushort[] { 29, 97, 125, 127, 113, 114, 115, 163, 164, 165, 183, 194, 248 })
            Assert.Contains(present, keyboard.Device.Keys);
        Assert.Equal([0, 1, 2], keyboard.Device.Leds);
    }

    [Fact]
    public void A_keyboard_should_have_a_ring_of_256_events_and_still_be_no_mouse()
    {
        var keyboard = Sinks.Describe(new CreateSinkNode(Guest, "windows", SinkKind.Keyboard));
        // SYN, each axis, and 7 for keys; 8 such packets, to the next power of two.
        Assert.Equal(256u, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(1 + keyboard.Device.Axes.Count + 7) * 8));
        foreach (var pointing in SinkCodes.PointerAxes)
            Assert.DoesNotContain(pointing, keyboard.Device.Axes);
    }

    [Fact]
    public void The_hosts_keyboard_should_be_at_its_own_place_and_have_every_key_of_a_keyboard()
    {
        var keyboard = Sinks.Describe(new CreateSinkNode(HostReach.Id, HostReach.Word, SinkKind.Keyboard));
        Assert.Equal("phyllome/host/keyboard", keyboard.Phys);
        Assert.Equal("Phyllome keyboard host", keyboard.Device.Name);
        foreach (var present in new ushort[] { 1, 70, 116, 142, 143, 205, 0x164, 0x198 })
            Assert.Contains(present, keyboard.Device.Keys);
        Assert.DoesNotContain((ushort)0x110, keyboard.Device.Keys);
        Assert.Equal("phyllome/host/pointer", Sinks.Describe(new CreateSinkNode(HostReach.Id, HostReach.Word, SinkKind.Pointer)).Phys);
    }

    [Fact]
    public void A_pointer_should_have_all_wheels_and_eight_buttons()
    {
        var pointer = Sinks.Describe(new CreateSinkNode(Guest, "windows", SinkKind.Pointer));
        Assert.Equal("phyllome/01234567-89ab-cdef-0123-456789abcdef/pointer", pointer.Phys);
        Assert.Equal([0, 1, 6, 8, 11, 12], pointer.Device.Axes);
        Assert.Equal(Enumerable.Range(0x110, 8), pointer.Device.Keys.Select(key => (int)key));
    }

    [Fact]
    public void A_clone_should_be_what_the_device_is_but_for_its_lights_and_be_at_its_guests_place()
    {
        var tablet = new InputDeviceDescription("Pen", InputCodes.BUS_VIRTUAL, 0x056a, 0x0357, 0x110)
        {
            Properties = [0],
            Keys = [0x140, 0x14a],
            AbsoluteAxes = [new(InputCodes.ABS_X, new(1, 0, 44704, 4, 0, 200)), new(InputCodes.ABS_PRESSURE, new(0, 0, 8191, 0, 0, 0))],
            Leds = [1],
            Forces = [0x50, 0x51, 0x5d, 0x60],
            MostEffects = 16,
        };
        var clone = Sinks.Describe(new CreateCloneNode(Guest, "a1", 3, 4), tablet);
        Assert.Equal("phyllome/01234567-89ab-cdef-0123-456789abcdef/clone/a1", clone.Phys);
        Assert.Equal("phyllome/host/clone/a1", Sinks.Describe(new CreateCloneNode(HostReach.Id, "a1", 3, 4), tablet).Phys);
        Assert.Equal(("Pen", 0x056a, 0x0357, 0x110), (clone.Device.Name, (int)clone.Device.Vendor, (int)clone.Device.Product, (int)clone.Device.Version));
        Assert.Equal(tablet.AbsoluteAxes, clone.Device.AbsoluteAxes);
        Assert.Equal((tablet.Keys, tablet.Properties), (clone.Device.Keys, clone.Device.Properties));
        Assert.Empty(clone.Device.Leds);
        Assert.Equal([0x50, 0x51, 0x60], clone.Device.Forces.Select(force => (int)force));
        Assert.Equal(16, clone.Device.MostEffects);
        Assert.False(clone.Repeats);
    }

    [Fact]
    public void A_clone_should_have_contacts_only_where_they_are_told_apart()
    {
        AbsoluteAxis x = new(InputCodes.ABS_X, new(0, 0, 100, 0, 0, 0)), contact = new(InputCodes.ABS_MT_POSITION_X, new(0, 0, 100, 0, 0, 0));
        AbsoluteAxis slot = new(InputCodes.ABS_MT_SLOT, new(0, 0, 9, 0, 0, 0));
        var screen = new InputDeviceDescription("Screen", InputCodes.BUS_VIRTUAL, 1, 2, 3);
        var clone = new CreateCloneNode(Guest, "a1", 3, 4);
        Assert.Equal([x], Sinks.Describe(clone, screen with { AbsoluteAxes = [x, contact] }).Device.AbsoluteAxes);
        Assert.Equal([x, slot, contact], Sinks.Describe(clone, screen with { AbsoluteAxes = [x, slot, contact] }).Device.AbsoluteAxes);
    }

    [Fact]
    public void The_uevent_of_a_keyboard_should_fit_the_kernels_2048_bytes()
    {
        // drivers/input/input.c writes each code from KEY_MIN_INTERESTING (0x71) on into MODALIAS, in hexadecimal with a comma.
        var modalias = SinkCodes.KeyboardKeys.Where(key => key >= 0x71).Sum(key => $"{key:X},".Length);
        Assert.InRange(modalias, 1, 1200);
    }

    [Theory]
    [InlineData("plain", 79, "plain")]
    [InlineData("abcdef", 3, "abc")]
    [InlineData("aéé", 4, "aé")]
    [InlineData("a😀b", 4, "a")]
    [InlineData("a😀b", 5, "a😀")]
    public void A_name_should_be_cut_between_characters(string name, int bytes, string expected)
    {
        var cut = VirtualDeviceDescription.Cut(name, bytes);
        Assert.Equal(expected, cut);
        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 0, bytes);
    }
}
