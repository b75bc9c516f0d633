using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Planning;

/// <summary>Everything observed: udev, DRM, PCI, libvirt. The order of the lists means nothing.</summary>
/// <param name="Guests">Null while libvirt cannot be asked: then nothing is known of the guests, not that there are none.</param>
public sealed record Inventory(ValueList<Device> Devices, ValueList<Display> Displays, ValueList<Gpu> Gpus, ValueList<Guest>? Guests)
{
    /// <summary>Whether a desktop or a greeter draws on the host's screens; null while that is not known.</summary>
    public bool? HasDesktop { get; init; }

    /// <summary>The desktops that may lend their monitors.</summary>
    public ValueList<Desktop> Desktops { get; init; } = [];

    /// <summary>Nodes of the cards that a desktop has, or had since the manager began: <c>card0</c>.</summary>
    public ValueList<string> DesktopCards { get; init; } = [];

    public HostRoom Room { get; init; } = HostRoom.Unknown;

    /// <summary>What the host calls itself.</summary>
    public string HostName { get; init; } = "host";

    public static Inventory Empty { get; } = new([], [], [], null);
}
