using System.Diagnostics;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>On request: <c>dotnet run -c Release --project tests/Seats.Tests -- --explicit only --output Detailed</c>.</summary>
public sealed class PlannerBench(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void Sixty_four_seats_and_a_thousand_devices()
    {
        var text = string.Concat(Enumerable.Range(1, 64).Select(seat =>
            $"[[seat]]\nname='s{seat}'\nguests=['g{seat}','shared']\ndevices=['port:1-{seat}','serial:S{seat}','name:Nobody {seat}*']\n"));
        var wanted = SeatsToml.Parse(text, "f").Configuration!;
        Device[] devices = [.. Enumerable.Range(0, 1000).Select(i => Machine.Keyboard($"1-{(i % 80) + 1}.{i / 80}", i, $"Keyboard {i}") with { Serial = i % 3 == 0 ? null : $"N{i}" })];
        var guests = Enumerable.Range(1, 64).Select(seat => Machine.Guest($"g{seat}")).Append(Machine.Guest("shared")).ToValueList();
        var observed = new Inventory(devices.ToValueList(), [], [], guests);
        var memory = Memory.Of(wanted, observed, Current.Nothing);
        var nothing = Current.Nothing with { HostRules = "" };
        var forming = SeatPlanner.Plan(wanted, memory, observed, nothing);
        var reached = new Current(
            RouterState.Empty with
            {
                Sources = forming.Steps.OfType<TakeSource>().Select(take => new RouterSource(take.Node.Input, true)).ToValueList(),
                Seats = forming.Steps.OfType<Route>().Select(route => new RouterSeat(route.Seat, route.To, null)).ToValueList(),
            }, [])
        {
            HostRules = UdevRules.Render(forming.Steps.OfType<KeepOffHost>().Single().Rules),
        };

        Measure("nothing done yet", () => SeatPlanner.Plan(wanted, memory, observed, nothing));
        Measure("all taken", () => SeatPlanner.Plan(wanted, memory, observed, reached));
        Measure("all new", () => SeatPlanner.Plan(wanted, Memory.Empty, observed, reached with { New = devices.Select(device => device.Id).ToValueList() }));
    }

    private void Measure(string what, Func<Plan> plan)
    {
        var times = new double[200];
        Plan last = null!;
        for (var i = -50; i < times.Length; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            last = plan();
            if (i >= 0)
                times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        Array.Sort(times);
        // On a machine with other work, processor time says what the clock does not.
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times.Length; i++)
            plan();
        var cpu = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / times.Length;
        output.WriteLine($"{what}: {last.Claims.Count} claims, {last.Steps.Count} steps; p50 {times[100]:0.00} ms, p99 {times[198]:0.00} ms, {cpu:0.00} ms of processor time each");
    }
}
