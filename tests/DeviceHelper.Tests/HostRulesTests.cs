using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

public sealed class HostRulesTests : IDisposable
{
    private const string Keyboard = "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe";

    private const string Mouse = "1f0000 0 0 0 0";

    private readonly FakeMachine _machine = new();
    private readonly StringWriter _log = new();

    private static readonly HostRule Left = new("left", MatchBy.Behind, "1-1");

    private HostRulesFile Written => new(_machine.Machine.HostRules, _machine.Udev);

    public void Dispose()
    {
        _machine.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void New_rules_should_be_written_for_all_to_read_and_told_to_udev_once()
    {
        Written.Replace([Left]);
        Written.Replace([Left]);
        Assert.Equal(UdevRules.Render([Left]), File.ReadAllText(_machine.Machine.HostRules));
        Assert.True(File.GetUnixFileMode(_machine.Machine.HostRules).HasFlag(UnixFileMode.OtherRead));
        Assert.Equal(["reload", "add PHYLLOME_SEAT"], _machine.Udev.Asked);
    }

    [Fact]
    public void Where_there_is_no_rule_any_more_no_file_should_be_left()
    {
        Written.Replace([Left]);
        Written.Replace([]);
        Written.Replace([]);
        Assert.Empty(Directory.GetFiles(_machine.At("rules.d")));
        Assert.Equal(4, _machine.Udev.Asked.Count);
    }

    [Theory]
    [InlineData("left", "1-1\", RUN+=\"/bin/sh")]
    [InlineData("left", "*")]
    [InlineData("left\", RUN+=\"x", "1-1")]
    [InlineData("seat0", "1-1")]
    public void What_could_be_more_than_a_value_in_a_rule_should_be_refused(string seat, string port)
    {
        Assert.Throws<OperationException>(() => Written.Replace([new(seat, MatchBy.Behind, port)]));
        Assert.Empty(Directory.GetFiles(_machine.At("rules.d")));
        Assert.Empty(_machine.Udev.Asked);
    }

    [Fact]
    public void What_is_configured_should_be_off_the_host_at_boot_whatever_is_there()
    {
        Configure("[[seat]]\nname='left'\nguests=['g']\ndevices=['port:1-1']\n");
        Assert.Equal([Left], Make());
    }

    [Fact]
    public void What_is_remembered_should_be_off_the_host_at_boot_where_the_host_has_another_keyboard()
    {
        Remember();
        Plug("1-2", 1, Mouse);
        Plug("1-1.3", 2, Keyboard);
        Assert.Empty(Make());
        Assert.Contains("No keyboard but the seats'", _log.ToString(), StringComparison.Ordinal);

        Plug("1-5", 3, Keyboard);
        Assert.Equal([new HostRule("seat1", MatchBy.Port, "1-1.3") { Id = "046d:c31c" }, new HostRule("seat1", MatchBy.Card, "0000:01:00.0")], Make());
    }

    [Fact]
    public void What_the_host_took_back_and_a_card_that_the_boot_was_shown_on_should_stay_with_it()
    {
        Remember("left");
        Plug("1-5", 3, Keyboard);
        Configure("[[seat]]\nname='left'\nguests=['g']\ndevices=['port:1-1']\n");
        Directory.CreateDirectory(_machine.At("sys/bus/pci/devices/0000:01:00.0"));
        File.WriteAllText(_machine.At("sys/bus/pci/devices/0000:01:00.0/boot_vga"), "1\n");
        Assert.Equal([new HostRule("seat1", MatchBy.Port, "1-1.3") { Id = "046d:c31c" }], Make());
    }

    [Fact]
    public void A_configuration_with_a_fault_should_take_nothing_from_the_host()
    {
        Configure("[[seat]]\nname='left'\nguest=['g']\ndevices=['port:1-1']\n");
        Assert.Empty(Make());
        Assert.NotEmpty(_log.ToString());
    }

    [Fact]
    public void A_damaged_memory_should_be_passed_over()
    {
        Remember();
        File.AppendAllText(_machine.At("memory"), "x");
        Configure("[[seat]]\nname='left'\nguests=['g']\ndevices=['port:1-1']\n");
        Assert.Equal([Left], Make());
    }

    private ValueList<HostRule> Make() => new HostRulesAtBoot(_machine.Machine.Sys, _machine.At("seats.toml"), _machine.At("memory"), _log).Make();

    private void Configure(string toml) => File.WriteAllText(_machine.At("seats.toml"), toml);

    private void Remember(params string[] taken) => File.WriteAllText(_machine.At("memory"), MemoryText.Of(Memory.Empty.WithTaken(taken) with
    {
        Seats = [new("seat1", "alpha", "0000:01:00.0")],
        Devices = [new(new("port:1-1.3", "046d:c31c", null), "seat1", Chosen: false)],
    }));

    private void Plug(string port, int input, string keys)
    {
        var usb = _machine.At($"sys/devices/pci0000:00/usb1/{port}");
        var device = Path.Combine(usb, $"{port}:1.0/0003:046D:C31C.0001/input/input{input}");
        Directory.CreateDirectory(Path.Combine(device, "capabilities"));
        File.WriteAllText(Path.Combine(device, "capabilities/key"), keys + "\n");
        File.WriteAllText(Path.Combine(usb, "idVendor"), "046d\n");
        File.WriteAllText(Path.Combine(usb, "idProduct"), "c31c\n");
        Directory.CreateSymbolicLink(_machine.At($"sys/class/input/input{input}"), device);
    }
}
