using System.Text.Json;
using Phyllome.Seats.DisplayAssign.HandingOver;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.HandingOver;

public sealed class ClaimBookShould
{
    private static readonly ClaimedCard First = Card("0000:01:00.0"), Second = Card("0000:02:00.0");
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1), Late = ClaimBook.Patience;

    [Fact]
    public void Keep_a_change_that_is_confirmed_after_the_restart()
    {
        var book = ClaimBook.Empty.With(First, "boot 1");
        Assert.Contains("restart it first", book.Unready("boot 1"), StringComparison.Ordinal);
        book = book.Settled("boot 1", Late).Settled("boot 2", Soon);
        Assert.Null(book.Unready("boot 2"));
        book = book.Confirmed();
        Assert.Equal(new ClaimBook([First], null), book);
        Assert.Equal(book, book.Settled("boot 3", Late));
        Assert.Contains("nothing waits", book.Unready("boot 3"), StringComparison.Ordinal);
    }

    [Fact]
    public void Take_back_what_is_not_confirmed_in_time()
    {
        var book = ClaimBook.Empty.With(First, "boot 1").Settled("boot 2", Soon);
        Assert.Equal([First], book.Cards);
        Assert.Equal(ClaimBook.Empty, book.Settled("boot 2", Late));
    }

    [Fact]
    public void Take_back_what_was_switched_off_with_and_not_confirmed() =>
        Assert.Equal(ClaimBook.Empty, ClaimBook.Empty.With(First, "boot 1").Settled("boot 2", Soon).Settled("boot 3", Soon));

    [Fact]
    public void Claim_again_what_was_released_and_not_confirmed()
    {
        var book = new ClaimBook([First, Second], null);
        Assert.Equal(book, book.Without(First.Address, "boot 1").Settled("boot 2", Soon).Settled("boot 3", Soon));
    }

    [Fact]
    public void Take_back_all_changes_of_one_boot_at_once()
    {
        var book = ClaimBook.Empty.With(Second, "boot 1").With(First, "boot 1");
        Assert.Equal([First, Second], book.Cards);
        Assert.Equal(ClaimBook.Empty, book.Settled("boot 2", Late));
        Assert.Equal(ClaimBook.Empty, book.Without(First.Address, "boot 1").Without(Second.Address, "boot 1"));
    }

    [Fact]
    public void Refuse_a_further_change_while_one_waits_to_be_confirmed()
    {
        var book = ClaimBook.Empty.With(First, "boot 1");
        Assert.Null(book.Locked("boot 1"));
        Assert.NotNull(book.Settled("boot 2", Soon).Locked("boot 2"));
        Assert.Null(book.Settled("boot 2", Soon).Confirmed().Locked("boot 2"));
    }

    [Fact]
    public void Come_back_from_its_file_as_it_was()
    {
        var book = new ClaimBook([Second], null).With(First, "boot 1").Settled("boot 2", Soon);
        Assert.Equal(book, JsonSerializer.Deserialize(File(book, InitramfsMaker.None, ClaimFiles.Book)!, ClaimJson.Default.ClaimBook));
        Assert.Null(File(ClaimBook.Empty, InitramfsMaker.None, ClaimFiles.Book));
    }

    [Theory]
    [InlineData(InitramfsMaker.None)]
    [InlineData(InitramfsMaker.InitramfsTools)]
    [InlineData(InitramfsMaker.Dracut)]
    public void Leave_no_file_when_the_last_card_is_released(InitramfsMaker maker)
    {
        var claimed = ClaimFiles.Of(new([First], null), maker);
        Assert.Equal(maker switch { InitramfsMaker.None => 2, InitramfsMaker.InitramfsTools => 4, _ => 3 }, claimed.Count(file => file.Text is not null));
        Assert.All(ClaimFiles.Of(ClaimBook.Empty, maker), file => Assert.Null(file.Text));
        Assert.Equal(claimed.Select(file => file.Path), ClaimFiles.Of(ClaimBook.Empty, maker).Select(file => file.Path));
    }

    [Fact]
    public void Name_each_function_by_address_and_ids_and_nothing_with_seats_off()
    {
        var rules = File(new([First], null), InitramfsMaker.InitramfsTools, ClaimFiles.Rules)!;
        Assert.Contains(
            """KERNEL=="0000:01:00.0", ATTR{vendor}=="0x10de", ATTR{device}=="0x2684", ATTR{driver_override}="vfio-pci", RUN{builtin}+="kmod load vfio-pci vfio_iommu_type1", RUN+="/bin/sh -c '[ -e /sys/bus/pci/devices/%k/driver ] || echo %k > /sys/bus/pci/drivers_probe'" """.TrimEnd() + "\n", rules, StringComparison.Ordinal);
        Assert.Contains("""ENV{phyllome.seats}=="off", GOTO="phyllome_gpus_end" """.TrimEnd() + "\n", rules, StringComparison.Ordinal);
        var script = File(new([First], null), InitramfsMaker.InitramfsTools, "etc/initramfs-tools/scripts/init-top/phyllome-gpus")!;
        Assert.Contains("\nclaim 0000:01:00.0 10de 2684\nclaim 0000:01:00.1 10de 22ba\n", script, StringComparison.Ordinal);
        Assert.Contains("phyllome.seats=off ] || exit 0", script, StringComparison.Ordinal);
        Assert.Contains("/etc/udev/rules.d/10-phyllome-gpus.rules", File(new([First], null), InitramfsMaker.Dracut, "etc/dracut.conf.d/phyllome-gpus.conf"), StringComparison.Ordinal);
    }

    private static string? File(ClaimBook book, InitramfsMaker maker, string path) => ClaimFiles.Of(book, maker).Single(file => file.Path == path).Text;

    private static ClaimedCard Card(string address) => new(address, "a card", [new(address, "10de", "2684"), new(address[..^1] + "1", "10de", "22ba")]);
}
