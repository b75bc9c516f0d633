using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>What the README shows of <c>seatctl explain</c>, held against what the planner says.</summary>
public sealed class TheReadme
{
    private static readonly string[] Places = ["      seat ", "      the host's: ", "      nobody's, "];

    [Fact]
    public void Explains_each_kind_of_claim_in_the_planners_own_words()
    {
        var claims = Claims().ToArray();
        Assert.Equal(Enum.GetValues<ClaimReason>().Order(), claims.Select(claim => claim.Reason).Distinct().Order());
        var shown = File.ReadAllLines(Find()).Where(line => Places.Any(place => line.StartsWith(place, StringComparison.Ordinal)))
            .Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]).ToArray();
        Assert.True(shown.Length >= 10, "the README shows fewer claims than there were");
        Assert.Empty(shown.Except(claims.Select(claim => claim.Because)));
        // Of each kind one, be it as it is remembered.
        foreach (var reason in Enum.GetValues<ClaimReason>())
            Assert.Contains(claims, claim => claim.Reason == reason && shown.Any(sentence => sentence.EndsWith(claim.Because, StringComparison.Ordinal)));
    }

    private static IEnumerable<Claim> Claims()
    {
        yield return Configured("[[seat]]\nname='left'\nguests=['gamer']\ndevices=['port:1-2']", Machine.Keyboard("1-2.1", 0));
        yield return Configured("[host]\nkeep=['port:1-1']", Machine.Mouse("1-1", 0));
        yield return Configured("[host]\nnew-devices='confirm'", Machine.Keyboard("1-3", 0));

        var alone = Configuration("[[seat]]\nname='left'\nguests=['gamer']\ndevices=['name:Logitech*']");
        yield return Of("1-9", Make(alone), alone);

        var (two, wanted) = (Make(), SeatsConfiguration.Default);
        two.SetGuest(Machine.Guest("office"));
        two.Plug(Machine.Keyboard("1-3", 0));
        yield return Of("1-3", two, wanted);

        var small = Make();
        small.Room = new(4, 16 << 20);
        small.SetGuest(Machine.Guest("gamer") with { Size = new(6, 8 << 20) });
        small.Plug(Machine.Keyboard("1-3", 0));
        yield return Of("1-3", small, wanted);

        var hub = Formed(Machine.Keyboard("1-3.1", 0, "Dell KB216"));
        yield return Of("1-3.1", hub, wanted);
        hub.PassMinute();
        hub.Plug(Machine.Mouse("1-3.2", 0));
        yield return Of("1-3.2", hub, wanted);
        Settle(hub);
        yield return Of("1-3.2", hub, wanted);

        var apart = Formed(Machine.Keyboard("1-3", 0) with { Serial = "S1" });
        apart.Plug(Machine.Mouse("1-5", 0));
        yield return Of("1-5", apart, wanted);
        Settle(apart);
        yield return Of("1-5", apart, wanted);
        apart.Unplug("/sys/devices/usb/1-3");
        Settle(apart);
        apart.Plug(Machine.Keyboard("1-7", 0) with { Serial = "S1" });
        Settle(apart);
        yield return Of("1-7", apart, wanted);
        var other = Machine.Keyboard("1-8", 0);
        apart.Plug(other);
        apart.Memory = apart.Memory.With(other, "seat1");
        yield return Of("1-8", apart, wanted);
    }

    private static World Formed(Device keyboard)
    {
        var world = Make();
        world.Plug(keyboard);
        Settle(world);
        return world;
    }

    /// <summary>A PC with its own keyboard, a free card and a machine that is off.</summary>
    private static World Make(SeatsConfiguration? wanted = null)
    {
        var world = new World(1);
        world.Gpus.Add(new("0000:00:02.0", "i915", "8086", "4680", true, 0, ["0000:00:02.0"]));
        world.Gpus.Add(new("0000:01:00.0", "vfio-pci", "10de", "2484", false, 1, ["0000:01:00.0"]));
        world.SetGuest(Machine.Guest("gamer"));
        world.Plug(Machine.Keyboard("1-9", 0));
        world.Memory = Memory.Of(wanted ?? SeatsConfiguration.Default, world.Observed, world.Current);
        return world;
    }

    private static Claim Configured(string text, Device device)
    {
        var wanted = Configuration(text);
        var world = Make(wanted);
        world.Plug(device);
        return Of(device.Port!, world, wanted);
    }

    private static SeatsConfiguration Configuration(string text) => SeatsToml.Parse(text, "f").Configuration!;

    private static void Settle(World world) => Laws.Settle(SeatPlanner.Plan, world, SeatsConfiguration.Default);

    private static Claim Of(string port, World world, SeatsConfiguration wanted) =>
        SeatPlanner.Plan(wanted, world.Memory, world.Observed, world.Current).Claims.Single(claim => claim.Device == $"/sys/devices/usb/{port}");

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Path.Combine(directory, "README.md") is var readme && File.Exists(readme))
                return readme;
        }
        throw new FileNotFoundException("README.md is not above the test program");
    }
}
