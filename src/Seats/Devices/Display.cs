using System.Globalization;

namespace Phyllome.Seats.Devices;

/// <summary>A connector and the monitor on it.</summary>
/// <param name="Connector">The kernel's name, <c>card0-DP-1</c>. Card numbers change from boot to boot.</param>
/// <param name="Gpu">PCI address of the card, <c>0000:01:00.0</c>; null where the card is not on PCI.</param>
/// <param name="Monitor">The monitor's name by its EDID, for a person; null where nothing is plugged in or it has no EDID.</param>
/// <param name="Edid">The monitor's key, <c>DEL-40F1-AB123</c>: maker, product (four hexadecimal digits), serial; null without an EDID.</param>
/// <param name="Mode">The mode that the kernel puts first, <c>1920x1080</c>; where it lists none, the one that the monitor prefers; null where none is known.</param>
public sealed record Display(string Connector, string? Gpu, bool Connected, string? Monitor, string? Edid, string? Mode)
{
    /// <summary>The size of <paramref name="Mode"/>; null where none is known.</summary>
    public ScreenSize? Size => Mode?.Split('x') is [var width, var height]
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var across) && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var down)
            ? new(across, down) : null;

    /// <summary>The USB ports of the socket that its cable is in (USB-C), <c>1-2</c> and its faster companion <c>2-2</c>: the hub of the monitor is there.</summary>
    public ValueList<string> UsbPorts { get; init; } = [];

    /// <summary>The connector by its card's address, <c>0000:01:00.0-DP-1</c>, which the next boot does not change; null where the card is not on PCI.</summary>
    public string? Place => Gpu is not null && Connector.IndexOf('-', StringComparison.Ordinal) is > 0 and var at ? $"{Gpu}{Connector[at..]}" : null;

    /// <summary>Whether it is the panel of a laptop or the like, by the kernel's names of such connectors.</summary>
    public bool IsBuiltIn => Connector.Split('-', 3) is [_, "eDP" or "LVDS" or "DSI", ..];

    /// <summary>Whether it is on the card that showed the boot (sysfs boot_vga).</summary>
    public bool Boot { get; init; }

    /// <summary>Whether a guest or vfio-pci has its card, so that this is what the card's host driver last saw.</summary>
    public bool Remembered { get; init; }

    /// <summary>Who draws on it now, as <c>Xorg (session-2.scope)</c> or <c>the kernel's console</c>; null for nobody known.</summary>
    public string? Holder { get; init; }
}

/// <summary>In pixels.</summary>
public readonly record struct ScreenSize(int Width, int Height)
{
    /// <summary>As somebody sees it in front of a monitor that stands turned.</summary>
    public ScreenSize Turned(Rotation by) => by is Rotation.Clockwise or Rotation.Anticlockwise ? new(Height, Width) : this;
}
