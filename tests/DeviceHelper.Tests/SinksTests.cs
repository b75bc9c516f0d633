using System.Text;
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
        var keyboard = Sinks.Describe(new(Guest, "windows", SinkKind.Keyboard));
        Assert.Equal("Phyllome keyboard windows", keyboard.Name);
        Assert.Equal("phyllome/01234567-89ab-cdef-0123-456789abcdef/keyboard", keyboard.Phys);
        Assert.Equal(Enumerable.Range(1, 31), keyboard.Keys.Take(31).Select(key => (int)key));
        foreach (var absent in new ushort[] { 0, 70, 116, 142, 143, 205, 0x164, 0x198, 0x110 })
            Assert.DoesNotContain(absent, keyboard.Keys);
        foreach (var present in new ushort[] { 29, 97, 125, 127, 113, 114, 115, 163, 164, 165, 183, 194, 248 })
            Assert.Contains(present, keyboard.Keys);
        Assert.Equal([0, 1, 2], keyboard.Leds);
    }

    [Fact]
    public void A_keyboard_should_have_a_ring_of_256_events_and_still_be_no_mouse()
    {
        var keyboard = Sinks.Describe(new(Guest, "windows", SinkKind.Keyboard));
        // SYN, each axis, and 7 for keys; 8 such packets, to the next power of two.
        Assert.Equal(256u, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(1 + keyboard.Axes.Count + 7) * 8));
        foreach (var pointing in SinkCodes.PointerAxes)
            Assert.DoesNotContain(pointing, keyboard.Axes);
    }

    [Fact]
    public void The_hosts_keyboard_should_be_at_its_own_place_and_have_every_key_of_a_keyboard()
    {
        var keyboard = Sinks.Describe(new(HostReach.Id, HostReach.Word, SinkKind.Keyboard));
        Assert.Equal("phyllome/host/keyboard", keyboard.Phys);
        Assert.Equal("Phyllome keyboard host", keyboard.Name);
        foreach (var present in new ushort[] { 1, 70, 116, 142, 143, 205, 0x164, 0x198 })
            Assert.Contains(present, keyboard.Keys);
        Assert.DoesNotContain((ushort)0x110, keyboard.Keys);
        Assert.Equal("phyllome/host/pointer", Sinks.Describe(new(HostReach.Id, HostReach.Word, SinkKind.Pointer)).Phys);
    }

    [Fact]
    public void A_pointer_should_have_all_wheels_and_eight_buttons()
    {
        var pointer = Sinks.Describe(new(Guest, "windows", SinkKind.Pointer));
        Assert.Equal("phyllome/01234567-89ab-cdef-0123-456789abcdef/pointer", pointer.Phys);
        Assert.Equal([0, 1, 6, 8, 11, 12], pointer.Axes);
        Assert.Equal(Enumerable.Range(0x110, 8), pointer.Keys.Select(key => (int)key));
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
