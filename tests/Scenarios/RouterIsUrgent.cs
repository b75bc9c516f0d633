using System.Globalization;
using System.Text.Json;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.Scenarios;

public sealed class RouterIsUrgent(RunningPc running) : Scenario(running)
{
    [Fact]
    public async Task Its_routing_thread_alone_is_in_real_time_its_memory_stays_and_it_counts_what_was_typed()
    {
        const int Keys = 20, Movements = 20;
        await BothSitDownAsync();
        var router = (await Pc.MustRunAsync($"pgrep -x {Router}", Cancellation)).Trim();

        // One line a thread: its number, its class, its priority.
        var urgent = (await Pc.MustRunAsync($"ps -L -o lwp=,cls=,rtprio= -p {router}", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Where(thread => thread[1] != "TS").ToArray();
        Assert.Equal([[router, "FF", "10"]], urgent);
        Assert.InRange(await KilobytesAsync(router, "VmLck"), 1, int.MaxValue);
        Assert.InRange(await KilobytesAsync(router, "VmRSS"), 1, 20_000);

        var before = await TrafficAsync();
        await EachReceivesItsOwnAsync(Keys, Movements);
        var passed = (await TrafficAsync()).Devices.Select(device => device.Since(before.Devices.SingleOrDefault(earlier => earlier.Id == device.Id))).ToArray();

        Assert.Equal(
            ["left keyboard", "left mouse", "right keyboard", "right mouse"], passed.Select(device => $"{device.Seat} {device.Kind}").Order(StringComparer.Ordinal));
        Assert.All(passed, device => Assert.Equal((0, 0), (device.Dropped, device.Overruns)));
        // A report for each movement, two events each.
        Assert.All(passed.Where(device => device.Kind == "mouse"), mouse => Assert.Equal((Movements * 2, Movements), (mouse.Events, mouse.Latency.Sum())));
        // A report for each key that goes down or up; more where this PC was so slow that the kernel repeated one.
        Assert.All(passed.Where(device => device.Kind == "keyboard"), keyboard => Assert.InRange(keyboard.Latency.Sum(), Keys * 2, (Keys * 2) + Keys));
    }

    /// <summary>As <c>seatctl top</c> asks for it, but at a moment of our own.</summary>
    async Task<InputTraffic> TrafficAsync()
    {
        var answer = await Pc.MustRunAsync($"busctl --json=short call {SeatsBus.Name} {SeatsBus.Path} {SeatsBus.Manager} GetTraffic", Cancellation);
        return JsonSerializer.Deserialize(JsonDocument.Parse(answer).RootElement.GetProperty("data")[0].GetString()!, TrafficJson.Default.InputTraffic)!;
    }

    async Task<int> KilobytesAsync(string process, string name) =>
        int.Parse(await Pc.MustRunAsync($"sed -n 's/^{name}:\\s*\\([0-9]*\\) kB$/\\1/p' /proc/{process}/status", Cancellation), CultureInfo.InvariantCulture);
}
