using Phyllome.Seats.Configuration;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>What happens at one seat is no other's concern.</summary>
internal static class Isolation
{
    public static void OfFailure(Planner planner, SeatsConfiguration wanted)
    {
        var world = Populated();
        for (var round = 0; round < 6; round++)
            world.Apply(planner(wanted, world.Memory, world.Observed, world.Current), step => step is TakeSource { Seat: "b" });
        Only("b", planner(wanted, world.Memory, world.Observed, world.Current));
    }

    /// <param name="changed">The seat that is changed into another, and then taken away.</param>
    public static void OfChange(Planner planner, SeatsConfiguration before, SeatsConfiguration other, int changed)
    {
        var world = Populated();
        Laws.Settle(planner, world, before);
        var name = before.Seats[changed].Name;
        var after = before with { Seats = before.Seats.Select((seat, i) => i == changed ? other.Seats[i] : seat).ToValueList() };
        Only(name, planner(after, world.Memory, world.Observed, world.Current));
        Only(name, planner(before with { Seats = before.Seats.Where(seat => seat.Name != name).ToValueList() }, world.Memory, world.Observed, world.Current));
    }

    public static void OfReplug(Planner planner, SeatsConfiguration wanted, int seat)
    {
        var world = Populated();
        Laws.Settle(planner, world, wanted);
        var device = world.Devices.Values.First(device => device.Port == $"1-{seat + 2}");
        foreach (Action change in (Action[])[() => world.Unplug(device.Id), () => world.Plug(device)])
        {
            change();
            Only(wanted.Seats[seat].Name, planner(wanted, world.Memory, world.Observed, world.Current));
            Laws.Settle(planner, world, wanted);
        }
    }

    private static World Populated()
    {
        var world = new World(1).WithCards();
        for (var i = 1; i <= 5; i++)
            world.Plug(Machine.Keyboard($"1-{i}", 0));
        foreach (var guest in (string[])["g0", "g1", "g2", "g3", "h0", "h1", "h2", "h3"])
            world.SetGuest(Machine.Guest(guest));
        return world;
    }

    private static void Only(string seat, Plan plan)
    {
        // udev's rules are one file for all seats; writing it anew touches nothing of another seat.
        if (plan.Steps.FirstOrDefault(step => step.Seat != seat && step is not KeepOffHost) is { } other)
            throw new LawBroken($"what happens at seat {seat} makes no step for another, but: {other.Sentence}");
    }
}
