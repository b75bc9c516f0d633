using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Phyllome.Seats.Routing;
using Phyllome.Seats.Status;
using Spectre.Console;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>top --json</c> prints for each interval.</summary>
internal sealed record TopPicture(double Seconds, IReadOnlyList<DeviceTop> Devices);

/// <summary>One device in one interval. Times are in microseconds, from the kernel's time of a report until it was written, at most a sixteenth too large; null where there was no report.</summary>
/// <param name="Rate">Reports a second.</param>
/// <param name="Batches">How often the router read it.</param>
/// <param name="Dropped">Events for a guest that is off or does not read, or for no focus.</param>
/// <param name="Overruns">How often the kernel threw events away because the router came too late.</param>
internal sealed record DeviceTop(
    string Id, string Kind, string Name, string Path, string? Seat, double Rate, long? P50, long? P99, long? P999, long? Max,
    long Events, long Batches, long Dropped, long Overruns);

/// <summary><c>seatctl top</c>: how many reports each device sends and how long they take, interval after interval.</summary>
internal sealed class Top(SeatsClient client, Terminal terminal, bool json)
{
    /// <param name="count">Ends after so many pictures.</param>
    internal async Task RunAsync(TimeSpan interval, int count, CancellationToken cancellation)
    {
        using var canvas = new Canvas(terminal, json);
        using var timer = new PeriodicTimer(interval);
        var (before, at) = (await client.GetTrafficAsync(cancellation), Stopwatch.GetTimestamp());
        while (count-- > 0 && await timer.WaitForNextTickAsync(cancellation))
        {
            var (now, then) = (await client.GetTrafficAsync(cancellation), Stopwatch.GetTimestamp());
            var picture = Between(before, now, Stopwatch.GetElapsedTime(at, then));
            canvas.Draw(json ? JsonSerializer.Serialize(picture, DocumentsJson.Lines.TopPicture) : terminal.Render(console => Draw(console, picture)));
            (before, at) = (now, then);
        }
    }

    /// <summary>What passed between two pictures; all of a device that is new.</summary>
    internal static TopPicture Between(InputTraffic before, InputTraffic now, TimeSpan elapsed)
    {
        var old = before.Devices.ToDictionary(device => device.Path, StringComparer.Ordinal);
        return new(Math.Round(elapsed.TotalSeconds, 3), [.. now.Devices.Select(device => Of(device.Since(old.GetValueOrDefault(device.Path)), elapsed))]);
    }

    private static DeviceTop Of(DeviceTraffic device, TimeSpan elapsed)
    {
        var latency = device.Latency.AsSpan();
        return new(
            device.Id, device.Kind, device.Name, device.Path, device.Seat, Math.Round(device.Latency.Sum() / elapsed.TotalSeconds, 1),
            LatencyScale.Percentile(latency, 0.5), LatencyScale.Percentile(latency, 0.99), LatencyScale.Percentile(latency, 0.999), LatencyScale.Percentile(latency, 1),
            device.Events, device.Batches, device.Dropped, device.Overruns);
    }

    private static void Draw(IAnsiConsole console, TopPicture picture)
    {
        if (picture.Devices.Count == 0)
        {
            View.Line(console, "The input router holds no device.");
            return;
        }

        var table = View.Table("SEAT", "DEVICE", "REPORTS/S", "P50", "P99", "P99.9", "MAX", "DROPPED");
        foreach (var column in table.Columns.Skip(2))
            column.Alignment = Justify.Right;
        foreach (var device in picture.Devices)
        {
            table.AddRow(
                View.Cell(device.Seat ?? "-", View.Head), View.Cell($"{device.Kind} {device.Name}"), View.Cell(device.Rate.ToString("0", CultureInfo.InvariantCulture)),
                View.Cell(Time(device.P50)), View.Cell(Time(device.P99)), View.Cell(Time(device.P999)), View.Cell(Time(device.Max)),
                View.Cell(Lost(device), device.Dropped + device.Overruns > 0 ? View.Bad : Style.Plain));
        }

        console.Write(table);
    }

    /// <summary>An overrun lost nobody knows how many events.</summary>
    private static string Lost(DeviceTop device) => device.Overruns == 0 ? $"{device.Dropped}" : $"{device.Dropped} and {device.Overruns} overruns";

    private static string Time(long? microseconds) => microseconds switch
    {
        null => "-",
        < 10_000 => $"{microseconds} us",
        < 10_000_000 => $"{microseconds / 1000} ms",
        _ => $"{microseconds / 1_000_000} s",
    };
}
