using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.OffHost;

public sealed class HostRulesShould
{
    private static readonly Device Keyboard = Machine.Keyboard("1-1.1", 5);

    private static readonly Device HostsKeyboard = Machine.Keyboard("1-5", 7);

    [Fact]
    public void Have_a_rule_for_each_selector_that_udev_can_decide_by_itself()
    {
        var wanted = Parse("devices=['port:1-1', 'path:platform-i8042-serio-0', 'serial:A1', 'bt:AA:bb:cc:dd:ee:ff', 'id:046d:c31c', 'name:*Keyboard*']\ngpu='pci:0000:01:00.0'", "keep=['port:1-1.4']");
        Assert.Equal(
            [
                new(null, MatchBy.Behind, "1-1.4"), new("left", MatchBy.Behind, "1-1"), new("left", MatchBy.Path, "platform-i8042-serio-0"), new("left", MatchBy.Serial, "A1"),
                new("left", MatchBy.Address, "aa:bb:cc:dd:ee:ff"), new HostRule("left", MatchBy.Card, "0000:01:00.0"),
            ],
            HostRules.Of(wanted, Memory.Empty, new HashSet<string>()).Select(rule => rule.By == MatchBy.Address ? rule with { Value = rule.Value.ToLowerInvariant() } : rule));
    }

    [Fact]
    public void Leave_to_the_host_what_no_seat_has_though_a_rule_would_take_it()
    {
        var wanted = Parse("devices=['port:1-1']");
        var claims = new[] { new Claim(Keyboard.Id, Step.Host, ClaimReason.Host, "the host has no other keyboard") }.ToValueList();
        var rules = HostRules.Of(wanted, Memory.Empty, Inventory.Empty with { Devices = [Keyboard] }, claims);
        Assert.Null(HostRules.First(rules, Keyboard)!.Seat);
        Assert.Equal("left", HostRules.First(rules, Machine.Mouse("1-1.2", 6))!.Seat);
    }

    [Fact]
    public void Know_a_remembered_device_by_its_place_and_not_by_a_serial_number_that_its_twin_has_too()
    {
        var twin = HostsKeyboard with { Serial = "0001" };
        var mine = Keyboard with { Serial = "0001" };
        var memory = Memory.Empty with { Seats = [new("left", "alpha", null)], Devices = [new(DeviceKey.Of(mine), "left", false)] };
        var rules = HostRules.Of(Roster.With(SeatsConfiguration.Default, memory), memory, new HashSet<string>());
        Assert.Equal("left", HostRules.First(rules, mine)!.Seat);
        Assert.Null(HostRules.First(rules, twin));
        Assert.Null(HostRules.First(rules, Machine.Keyboard("1-1.1", 9, id: "dead:beef")));
    }

    [Fact]
    public void Have_none_for_a_seat_that_the_host_took_back_or_whose_guest_is_not_there()
    {
        var wanted = Parse("devices=['port:1-1']");
        Assert.Empty(HostRules.Of(wanted, Memory.Empty.WithTaken(["left"]), Inventory.Empty, []));
        Assert.Empty(HostRules.Of(Parse("devices=['port:1-1']", "keep=['port:1-1.4']"), Memory.Empty.WithTaken(["left"]), Inventory.Empty, []));
        Assert.Empty(HostRules.Of(wanted, Memory.Empty, Inventory.Empty with { Guests = [Machine.Guest("other")] }, []));
        Assert.NotEmpty(HostRules.Of(wanted, Memory.Empty, Inventory.Empty with { Guests = [Machine.Guest("alpha")] }, []));
    }

    [Fact]
    public void Leave_the_card_that_the_boot_was_shown_on_to_the_host() =>
        Assert.Empty(HostRules.Of(Parse("gpu='pci:0000:01:00.0'"), Memory.Empty, new HashSet<string> { "0000:01:00.0" }));

    private static SeatsConfiguration Parse(string seat, string host = "")
    {
        var (wanted, faults) = SeatsToml.Parse($"[host]\n{host}\n[[seat]]\nname='left'\nguests=['alpha']\n{seat}\n", "seats.toml");
        Assert.Empty(faults);
        return wanted!;
    }
}
