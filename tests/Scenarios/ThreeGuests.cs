using System.Diagnostics;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>Three real guests that are started at once, each for a seat of its own.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class ThreeGuests(RunningPc running) : Scenario(running)
{
    [Fact(Explicit = true)]
    public async Task Three_people_start_their_guests_at_once_and_each_receives_just_its_own()
    {
        await EverybodyLeavesAsync();
        var gamma = await Pc.DefineGuestAsync(new GuestRecipe("gamma"), Cancellation);
        var third = new Person(Pc, "third", port: "3", gamma);
        Person[] people = [Seats.Left, Seats.Right, third];
        try
        {
            await PlugInWhatIsMissingAsync();
            await third.PlugInAsync(Cancellation);
            await Seats.StartServiceAsync(Cancellation);
            await Seats.ConfigureAsync(string.Concat(people.Select((person, index) => $"""
                [[seat]]
                name = "{person.Name}"
                guests = ["{person.Own.Name}"]
                devices = ["port:1-{index + 1}"]


                """)), Cancellation);
            await ReadyAsync(people, since: new Dictionary<Person, int> { [Seats.Left] = Seats.AlphaSince, [Seats.Right] = Seats.BetaSince, [third] = 0 });

            var alone = await StartAsync([Seats.Left], people);
            var together = await StartAsync(people, people);
            TestContext.Current.SendDiagnosticMessage($"from the order until active: {alone.TotalSeconds:0.0} s alone, {together.TotalSeconds:0.0} s for three at once");

            var console = await Pc.HostConsoleReceivedAsync(Cancellation);
            var sentences = people.ToDictionary(person => person, person => $"{person.Name} is typing");
            var before = people.ToDictionary(person => person, person => person.Own.Lines.Count);
            await Task.WhenAll(people.Select(person => person.TypeAsync(sentences[person], person.Own, Cancellation)));
            // All that each has received, once all have been typed.
            foreach (var person in people) Assert.Equal(Person.StrokesOf(sentences[person]), KeyStroke.In(person.Own.Lines.Skip(before[person])));
            Assert.Equal(console, await Pc.HostConsoleReceivedAsync(Cancellation));
        }
        finally
        {
            await EverybodyLeavesAsync();
            if (third.IsPluggedIn) await third.UnplugAsync(Cancellation);
            await Pc.MustRunAsync("virsh --quiet undefine gamma", Cancellation);
        }
    }

    /// <summary>Has the guests of some seats switched off and started again, by one order for each and all at once.</summary>
    /// <returns>The time from the order until the last of these seats was active.</returns>
    async Task<TimeSpan> StartAsync(Person[] some, Person[] all)
    {
        foreach (var person in some) await Pc.MustRunAsync($"virsh --quiet destroy {person.Own.Name}", Cancellation);
        await Seats.WaitForStatusAsync("their guests to be off", status => some.All(person => status.Seats.Single(seat => seat.Name == person.Name).State == SeatState.Waiting), Cancellation);
        var since = all.ToDictionary(person => person, person => person.Own.Lines.Count);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(some.Select(person => Pc.MustRunAsync($"seatctl seat start {person.Name}", Cancellation)));
        await AreActiveAsync(all);
        var time = clock.Elapsed;
        await Task.WhenAll(some.Select(person => person.Own.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, since[person], Cancellation)));
        return time;
    }

    async Task ReadyAsync(Person[] people, Dictionary<Person, int> since)
    {
        await AreActiveAsync(people);
        await Task.WhenAll(people.Select(person => person.Own.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, since[person], Cancellation)));
    }

    Task<SeatsStatus> AreActiveAsync(Person[] people) => Seats.WaitForStatusAsync(
        "all seats to be active", status => status.Seats.Count == people.Length && status.Seats.All(seat => seat is { State: SeatState.Active, Problems.Count: 0 }), Cancellation);
}
