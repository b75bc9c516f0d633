using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

public sealed class MemoryShould
{
    private const string Card = "0000:01:00.0";

    private static readonly Display Seen = new("card1-DP-1", Card, true, "DELL U2415", "DEL-40F1-AB123", "1920x1200");

    private static readonly Memory Remembering = Memory.Empty with { Displays = [new(Card, "card1-DP-1", "DELL U2415", "DEL-40F1-AB123", "1920x1200")] };

    [Theory]
    [InlineData("vfio-pci")]
    [InlineData(null)]
    public void Show_the_displays_of_a_card_that_the_host_can_not_see_any_more_as_they_were_last_seen(string? driver) =>
        Assert.Equal([Seen with { Remembered = true }], Remembering.Recall(With(driver)).Displays);

    [Fact]
    public void Show_what_is_there_where_the_host_sees_it_again()
    {
        Assert.Equal([Seen], Remembering.Recall(With("i915", Seen)).Displays);
        Assert.Empty(Remembering.Recall(With("i915")).Displays);
    }

    [Fact]
    public void Forget_the_displays_of_a_card_that_is_gone() => Assert.Empty(Remembering.Recall(Inventory.Empty).Displays);

    private static Inventory With(string? driver, params Display[] displays) =>
        Inventory.Empty with { Gpus = [new(Card, driver, "10de", "1c82", false, 2, [Card])], Displays = [.. displays] };
}
