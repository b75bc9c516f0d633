using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A PC whose only graphics card has four monitors, in a PC of its own: a seat at each.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class FourSeats
{
    static readonly string[] Others = ["gamma", "delta"];

    static string Pictures { get; } = Path.Combine(ThePackage.Artifacts, "four-seats");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [InlineData(StartOrder.Coldplug)]
    [InlineData(StartOrder.Hotplug)]
    public async Task Four_people_at_four_monitors_of_one_card_each_see_their_own_guest_pixel_for_pixel_and_what_they_type(StartOrder order)
    {
        await using var seats = await TwoSeatPc.StartAsync(TwoSeatPc.OneCardHardware(DebianRelease.Bookworm) with { Outputs = BootMonitors.Sizes.Count }, new Said(), Cancellation);
        try
        {
            var monitors = new BootMonitors(seats.Pc, Pictures);
            await monitors.PlugInAsync(Cancellation, BootMonitors.Sizes.Count);
            var people = new List<Person> { seats.Left, seats.Right };
            foreach (var name in Others) people.Add(new(seats.Pc, $"{name}s", $"{people.Count + 1}", await seats.Pc.DefineGuestAsync(new GuestRecipe(name), Cancellation)));
            if (order == StartOrder.Coldplug) await PlugInAsync(people);
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            var connectors = await monitors.ConnectorsAsync(Cancellation);
            await seats.ConfigureAsync(string.Concat(people.Select((person, at) => $"""
                [[seat]]
                name = "{person.Name}"
                guests = ["{person.Own.Name}"]
                devices = ["port:1-{at + 1}"]
                displays = ["connector:{connectors[at]}"]


                """)), Cancellation);
            if (order == StartOrder.Hotplug) await PlugInAsync(people);
            await seats.WaitForStatusAsync(
                "four seats to be active, each on its monitor",
                status => status.Seats.Count == people.Count && status.Seats.All(seat => seat is { State: SeatState.Active, Problems.Count: 0, Devices.Count: 2, Displays: [{ Way: "lease" }] }), Cancellation);
            await Task.WhenAll(people.Select(person => person.Own.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, 0, Cancellation)));
            await ShowsAsync(monitors, people);

            var before = people.ToDictionary(person => person, person => person.Own.Lines.Count);
            await Task.WhenAll(people.Select(person => person.TypeAsync($"{person.Name} types", person.Own, Cancellation)));
            foreach (var person in people) Assert.Equal(Person.StrokesOf($"{person.Name} types"), KeyStroke.In(person.Own.Lines.Skip(before[person])));
            await ShowsAsync(monitors, people);
        }
        finally
        {
            await seats.Pc.CollectLogsAsync(Pictures, Cancellation);
        }
    }

    static async Task PlugInAsync(List<Person> people)
    {
        foreach (var person in people) await person.PlugInAsync(Cancellation);
    }

    /// <summary>Each monitor has its own size, and shows what its guest's card holds, to the pixel.</summary>
    static async Task ShowsAsync(BootMonitors monitors, List<Person> people)
    {
        for (var at = 0; at < people.Count; at++)
        {
            var picture = await monitors.WaitUntilItShowsAsync(at, people[at].Own.Name, Cancellation);
            Assert.Equal(BootMonitors.Sizes[at], (picture.Width, picture.Height));
        }
    }
}
