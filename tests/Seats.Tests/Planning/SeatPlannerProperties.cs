using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>What of the design's invariants the planner keeps, over histories of chance of a simulated machine.</summary>
public sealed class SeatPlannerProperties
{
    private const int Rounds = 6;

    /// <summary>Something that happens to a machine.</summary>
    private static Gen<Action<World>> Event { get; } = Gen.OneOf(
        Generate.Device.Select(device => (Action<World>)(world => world.Plug(device))),
        Generate.Device.Select(device => (Action<World>)(world => world.Unplug(device.Id))),
        Generate.Guest.Select(guest => (Action<World>)(world => world.SetGuest(guest))),
        Generate.Guest.Select(guest => (Action<World>)(world => world.Guests.Remove(guest.Name))),
        Gen.Bool.Select(there => (Action<World>)(world => world.LibvirtIsThere = there)),
        Gen.Const((Action<World>)(world => world.RestartRouter())));

    private static Gen<(int Seed, (SeatsConfiguration Wanted, Action<World>[] Events)[] Chapters)> History { get; } =
        Gen.Select(Gen.Int[0, 100_000], Gen.Select(Generate.Configuration, Event.Array[0, 8]).Array[1, 5]);

    [Fact]
    public void Every_state_is_reached_within_few_rounds_and_then_nothing_is_left_to_do() => History.Sample(
        history =>
        {
            var world = new World(history.Seed);
            foreach (var (wanted, events) in history.Chapters)
            {
                foreach (var happen in events)
                    happen(world);
                Settle(world, wanted);
                AssertReached(world, wanted);
            }
        },
        iter: 600);

    [Fact]
    public void A_step_that_fails_once_is_made_good_by_the_next_plans() => Gen.Select(History, Gen.Int[0, 100_000]).Sample(
        (history, seed) =>
        {
            var world = new World(history.Seed);
            var random = new Random(seed);
            foreach (var (wanted, events) in history.Chapters)
            {
                foreach (var happen in events)
                    happen(world);
                for (var round = 0; round < 3; round++)
                    world.Apply(SeatPlanner.Plan(wanted, world.Observed, world.Current), _ => random.Next(3) == 0);
                Settle(world, wanted);
                AssertReached(world, wanted);
            }
        },
        iter: 400);

    [Fact]
    public void A_seat_whose_device_cannot_be_taken_keeps_no_other_seat_from_being_whole() => Generate.Apart.Sample(
        wanted =>
        {
            var world = Populated();
            for (var round = 0; round < Rounds; round++)
                world.Apply(SeatPlanner.Plan(wanted, world.Observed, world.Current), step => step is TakeSource { Seat: "b" });
            Assert.All(SeatPlanner.Plan(wanted, world.Observed, world.Current).Steps, step => Assert.Equal("b", step.Seat));
        },
        iter: 50);

    [Fact]
    public void The_plan_does_not_depend_on_the_order_in_which_things_were_found() => History.Sample(
        history =>
        {
            var world = new World(history.Seed);
            foreach (var (wanted, events) in history.Chapters)
            {
                foreach (var happen in events)
                    happen(world);
                var plan = SeatPlanner.Plan(wanted, world.Observed, world.Current);
                for (var i = 0; i < 4; i++)
                    Assert.Equal(plan, SeatPlanner.Plan(wanted, world.Observed, world.Current));
                world.Apply(plan);
            }
        },
        iter: 300);

    [Fact]
    public void A_change_to_one_seat_makes_no_step_for_another() => Gen.Select(Generate.Apart, Generate.Apart, Gen.Int[0, 3]).Sample(
        (before, other, changed) =>
        {
            var world = Populated();
            Settle(world, before);
            var after = before with { Seats = before.Seats.Select((seat, i) => i == changed ? other.Seats[i] : seat).ToValueList() };
            Assert.All(SeatPlanner.Plan(after, world.Observed, world.Current).Steps, step => Assert.Equal(before.Seats[changed].Name, step.Seat));
            var without = before with { Seats = before.Seats.Where((_, i) => i != changed).ToValueList() };
            Assert.All(SeatPlanner.Plan(without, world.Observed, world.Current).Steps, step => Assert.Equal(before.Seats[changed].Name, step.Seat));
        },
        iter: 100);

    [Fact]
    public void A_device_that_is_pulled_and_plugged_in_again_comes_back_to_its_seat_and_moves_no_other() => Gen.Select(Generate.Apart, Gen.Int[0, 3]).Sample(
        (wanted, seat) =>
        {
            var world = Populated();
            Settle(world, wanted);
            var device = world.Devices.Values.First(device => device.Port == $"1-{seat + 2}");
            foreach (Action change in (Action[])[() => world.Unplug(device.Id), () => world.Plug(device)])
            {
                change();
                Assert.All(SeatPlanner.Plan(wanted, world.Observed, world.Current).Steps, step => Assert.Equal(wanted.Seats[seat].Name, step.Seat));
                Settle(world, wanted);
                AssertReached(world, wanted);
            }
        },
        iter: 100);

    private static World Populated()
    {
        var world = new World(1);
        for (var i = 1; i <= 5; i++)
            world.Plug(Machine.Keyboard($"1-{i}", 0));
        foreach (var guest in (string[])["g0", "g1", "g2", "g3", "h0", "h1", "h2", "h3"])
            world.SetGuest(Machine.Guest(guest));
        return world;
    }

    private static void Settle(World world, SeatsConfiguration wanted)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var plan = SeatPlanner.Plan(wanted, world.Observed, world.Current);
            if (plan.Steps.Count == 0)
                return;
            Assert.Equal(plan.Claims.Count, plan.Claims.Select(claim => claim.Device).Distinct().Count());
            world.Apply(plan);
        }
        Assert.Fail($"after {Rounds} rounds there is still to do: {string.Join("; ", SeatPlanner.Plan(wanted, world.Observed, world.Current).Steps.Select(step => step.Sentence))}");
    }

    /// <summary>What the planner is for, said without it.</summary>
    private static void AssertReached(World world, SeatsConfiguration wanted)
    {
        var claims = SeatPlanner.Plan(wanted, world.Observed, world.Current).Claims;
        Assert.Equal(world.Routes.Values.Sum(route => route.Sources.Count), world.Routes.Values.SelectMany(route => route.Sources).Distinct().Count());
        // What the router holds is in some seat, and what is in a seat it holds.
        Assert.Equal(world.Sources.Order(), world.Routes.Values.SelectMany(route => route.Sources).Order());
        foreach (var (seat, route) in world.Routes)
        {
            var nodes = claims.Where(claim => claim.Seat == seat).SelectMany(claim => world.Devices[claim.Device].Nodes)
                .Where(node => (node.Abilities & ~(InputAbilities.Switch | InputAbilities.Accelerometer)) != 0);
            Assert.Equal(nodes.Select(node => node.Input).Order(), route.Sources);
        }
        if (!world.LibvirtIsThere)
            return;
        Assert.Equal(
            wanted.Seats.Where(seat => world.Guests.ContainsKey(seat.Guests[0])).Select(seat => seat.Name).Order(),
            world.Routes.Keys.Order());
        foreach (var seat in wanted.Seats.Where(seat => world.Routes.ContainsKey(seat.Name)))
        {
            var reach = seat.Guests.Where(world.Guests.ContainsKey).Select(Machine.Uuid).ToArray();
            Assert.Equal(reach, world.Routes[seat.Name].Reach);
            foreach (var guest in reach)
                Assert.Equal([SinkKind.Keyboard, SinkKind.Pointer], world.Sinks.Where(sink => sink.Guest == guest).Select(sink => sink.Kind).Order());
        }
        foreach (var sink in world.Sinks)
        {
            var guest = world.Guests.Values.FirstOrDefault(guest => guest.Uuid == sink.Guest);
            Assert.Equal(guest is { State: GuestState.Running } && guest.Inputs.Contains(sink.Event), sink.Live);
            Assert.True(guest is not (null or { State: GuestState.Off }) || world.Routes.Values.Any(route => route.Reach.Contains(sink.Guest)), "an idle sink is left");
        }
    }
}
