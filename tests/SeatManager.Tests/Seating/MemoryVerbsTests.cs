using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Seating;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Seating;

/// <summary>A seat that is added with a clone of a template.</summary>
public sealed class MemoryVerbsTests
{
    private static readonly SeatClone Clone = new("base", Persistent: true);

    private static readonly World World = World.Unknown with
    {
        Memory = Memory.Empty,
        Configuration = new(SeatsConfiguration.Default with { Templates = [new("gamer", Clone), new("gone", new("nothing", Persistent: false))] }, []),
        Guests = new([new Guest(Guid.NewGuid(), "base", GuestState.Off, true, null, []), new Guest(Guid.NewGuid(), "template:mine", GuestState.Off, true, null, [])]),
    };

    [Fact]
    public void A_seat_can_be_added_with_a_clone_of_its_own()
    {
        var (after, refusal) = Add("template:gamer");
        Assert.Null(refusal);
        Assert.Equal(new RememberedSeat("third", "base-third", null) { CloneOf = Clone }, Assert.Single(after!.Seats));
    }

    [Fact]
    public void A_machine_that_is_called_like_a_template_goes_before_it() =>
        Assert.Equal(new RememberedSeat("third", "template:mine", null), Assert.Single(Add("template:mine").After!.Seats));

    [Theory]
    [InlineData("template:other", "Could not add seat third: there is no [template.other] in /etc/phyllome/seats.toml.")]
    [InlineData("template:gone", "Could not add seat third: libvirt has no guest 'nothing'. See: virsh list --all.")]
    [InlineData("other", "Could not add seat third: libvirt has no guest 'other'. See: virsh list --all.")]
    public void What_is_not_there_is_said(string guest, string sentence) => Assert.Equal(sentence, Add(guest).Refusal?.Sentence);

    [Fact]
    public void A_machine_that_this_PC_has_no_room_for_is_refused_with_what_is_missing()
    {
        var small = World with
        {
            Displays = new([], []) { Room = new(1, 2 << 20) },
            Guests = new([new Guest(Guid.NewGuid(), "base", GuestState.Off, true, null, []) { Size = new(1, 3 << 20) }]),
        };
        Assert.Equal(
            "Could not add seat third: guest 'base' has 3.0 GiB of memory, of which 2.0 GiB are missing: of this PC's 2.0 GiB the host keeps 1.0 GiB, and the machines that run or are of seats have 0 MiB.",
            Add("base", small).Refusal?.Sentence);
        Assert.Null(Add("base", small with { Displays = new([], []) { Room = new(1, 4 << 20) } }).Refusal);
    }

    [Fact]
    public void What_is_said_of_a_remote_display_is_remembered_beside_what_was_said_before()
    {
        var kept = RemotePassword.Keep("secret");
        var after = Apply(new SetRemotePassword("left", kept), Seen).After!;
        Assert.Equal(kept, Assert.Single(after.Remotes).Password);
        after = Apply(new SetRemoteViewOnly("left", ViewOnly: true), Seen with { Memory = after }).After!;
        Assert.Equal(new RememberedRemote("left") { Password = kept, ViewOnly = true }, Assert.Single(after.Remotes));
        Assert.DoesNotContain(kept, $"{new SetRemotePassword("left", kept)}{after.Remotes[0]}{after}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("left", "1$c2FsdA==$aGFzaA==", "Could not change how seat left is seen from elsewhere: what is to be kept of the password has another form than this version's: use the seatctl of this package.")]
    [InlineData("left", "secret", "Could not change how seat left is seen from elsewhere: what is to be kept of the password has another form than this version's: use the seatctl of this package.")]
    [InlineData("right", "", "Seat right is not seen from elsewhere: write \"remote\" into its 'displays' in /etc/phyllome/seats.toml.")]
    [InlineData("nobody", "", "There is no seat nobody. See: seatctl status.")]
    public void What_cannot_be_said_of_a_remote_display_is_refused(string seat, string kept, string sentence) =>
        Assert.Equal(sentence, Apply(new SetRemotePassword(seat, kept), Seen).Refusal?.Sentence);

    private static World Seen => World with
    {
        Configuration = new(
            SeatsToml.Parse("[[seat]]\nname='left'\nguests=['base']\ndisplays=['remote']\n[[seat]]\nname='right'\nguests=['base']\n", SeatsConfiguration.Default.File).Configuration!, []),
    };

    private static (Memory? After, Answer? Refusal) Apply(MemoryVerb verb, World world) => MemoryVerbs.Apply(verb, world, new([], [], []));

    private static (Memory? After, Answer? Refusal) Add(string guest, World? world = null) => MemoryVerbs.Apply(new AddSeat("third", guest, null, []), world ?? World, new([], [], []));
}
