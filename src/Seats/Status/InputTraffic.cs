using System.Text.Json.Serialization;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Status;

/// <summary>What passed of each device that the router holds: the document of the bus's <c>GetTraffic</c>. Counts and times, never which event.</summary>
public sealed record InputTraffic(ValueList<DeviceTraffic> Devices)
{
    /// <param name="devices">As they are plugged in.</param>
    /// <param name="seatOf">The name of the seat that has a device; null where none has.</param>
    public static InputTraffic Of(ValueList<Device> devices, Func<Device, string?> seatOf, IEnumerable<SourceCounters> counters)
    {
        var counted = counters.ToDictionary(source => source.Input);
        return new(devices.Select(device => Of(device, seatOf(device), [.. device.Nodes.Where(node => counted.ContainsKey(node.Input)).Select(node => counted[node.Input])]))
            .OfType<DeviceTraffic>().OrderBy(device => device.Path, StringComparer.Ordinal).ToValueList());
    }

    private static DeviceTraffic? Of(Device device, string? seat, SourceCounters[] nodes) => nodes.Length == 0 ? null : new(
        DeviceName.Of(device), device.Kind.ToString().ToLowerInvariant(), device.Name, device.Nodes.MinBy(node => node.Event)!.Path, seat,
        nodes.Sum(node => node.Events), nodes.Sum(node => node.Batches), nodes.Sum(node => node.Dropped), nodes.Sum(node => node.Overruns), Sum(nodes));

    private static ValueList<long> Sum(SourceCounters[] nodes)
    {
        var sums = new long[nodes.Max(node => node.Latency.Count)];
        foreach (var node in nodes)
        {
            for (var bucket = 0; bucket < node.Latency.Count; bucket++)
                sums[bucket] += node.Latency[bucket];
        }

        return ValueList.Create<long>(sums);
    }
}

/// <summary>Of all nodes of one device, since the router took it.</summary>
/// <param name="Id">As <see cref="DeviceStatus.Id"/>.</param>
/// <param name="Path">Its first event node.</param>
/// <param name="Seat">Null where no seat has it.</param>
/// <param name="Batches">How often the router read it.</param>
/// <param name="Dropped">Events for a guest that is off or did not read for long, or for no focus.</param>
/// <param name="Overruns">How often the kernel threw events away because the router came too late.</param>
/// <param name="Latency">Reports in each bucket of <see cref="LatencyScale"/>, from the kernel's time of them until they were written.</param>
public sealed record DeviceTraffic(
    string Id, string Kind, string Name, string Path, string? Seat, long Events, long Batches, long Dropped, long Overruns, ValueList<long> Latency)
{
    /// <summary>What passed since an earlier picture; all of it where the device or the router came since.</summary>
    public DeviceTraffic Since(DeviceTraffic? before) => before is null || before.Events > Events || before.Batches > Batches || before.Latency.Count > Latency.Count
        ? this
        : this with
        {
            Events = Events - before.Events,
            Batches = Batches - before.Batches,
            Dropped = Dropped - before.Dropped,
            Overruns = Overruns - before.Overruns,
            Latency = Latency.Select((count, bucket) => count - (bucket < before.Latency.Count ? before.Latency[bucket] : 0)).ToValueList(),
        };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ValueListConverter<DeviceTraffic>), typeof(ValueListConverter<long>)])]
[JsonSerializable(typeof(InputTraffic))]
[JsonSerializable(typeof(DeviceTraffic))]
[JsonSerializable(typeof(long))]
public sealed partial class TrafficJson : JsonSerializerContext;
