namespace Phyllome.Seats.Scenarios;

/// <summary>Which is first, a person's devices or the service.</summary>
public enum StartOrder
{
    /// <summary>The devices: the service finds them.</summary>
    Coldplug,
    /// <summary>The service: it is told of them.</summary>
    Hotplug,
}

/// <summary>In which order people came, to which run of the manager, and with which of their arrivals.</summary>
public sealed record Arrival(StartOrder Order, string Manager, int Left, int Right);

static class StartOrders
{
    /// <summary>How people come to each scenario, by PHYLLOME_START_ORDER; null for as it comes, which spares starts of guests.</summary>
    public static StartOrder? Wanted { get; } = Environment.GetEnvironmentVariable("PHYLLOME_START_ORDER") switch
    {
        null or "" => null,
        "coldplug" => StartOrder.Coldplug,
        "hotplug" => StartOrder.Hotplug,
        var other => throw new InvalidOperationException($"PHYLLOME_START_ORDER is '{other}': coldplug or hotplug was expected."),
    };
}
