namespace Phyllome.Seats.Linux.Drm;

/// <summary>DRM_CLIENT_CAP_*: what a program says that it understands.</summary>
public enum DrmClientCapability : ulong
{
    UniversalPlanes = 2,
    /// <summary>Implies <see cref="UniversalPlanes"/>.</summary>
    Atomic = 3,
}

/// <summary>DRM_CAP_*: what a driver can do.</summary>
public enum DrmCapability : ulong
{
    DumbBuffer = 0x1,
    Prime = 0x5,
    TimestampMonotonic = 0x6,
    CursorWidth = 0x8,
    CursorHeight = 0x9,
    FramebufferModifiers = 0x10,
}

/// <summary>DRM_MODE_OBJECT_*.</summary>
public enum DrmObjectType : uint
{
    Crtc = 0xcccc_cccc,
    Connector = 0xc0c0_c0c0,
    Plane = 0xeeee_eeee,
}

/// <summary>A connector's connection, as the driver saw it last.</summary>
public enum DrmConnection : uint
{
    Connected = 1,
    Disconnected = 2,
    Unknown = 3,
}

/// <summary>The value of a plane's property <c>type</c>.</summary>
public enum DrmPlaneType : ulong
{
    Overlay = 0,
    Primary = 1,
    Cursor = 2,
}

/// <summary>DRM_FORMAT_*: four letters, bytes in memory from the least significant (drm_fourcc.h).</summary>
public enum DrmFormat : uint
{
    /// <summary>B, G, R, unused.</summary>
    Xrgb8888 = 0x3432_5258,
    /// <summary>B, G, R, A, with colours multiplied by alpha.</summary>
    Argb8888 = 0x3432_5241,
}

/// <summary>The ids of a card's objects; of a lease's, where the descriptor is one.</summary>
public sealed record DrmResources(IReadOnlyList<uint> Crtcs, IReadOnlyList<uint> Connectors, IReadOnlyList<uint> Encoders);

/// <param name="Kind">DRM_MODE_CONNECTOR_*.</param>
/// <param name="Number">Which of that kind.</param>
/// <param name="WidthMillimetres">0 where it is not known.</param>
/// <param name="Modes">In the driver's order, the best first.</param>
public sealed record DrmConnector(
    uint Id, uint Kind, uint Number, DrmConnection Connection, int WidthMillimetres, int HeightMillimetres, IReadOnlyList<DrmMode> Modes,
    IReadOnlyList<uint> Encoders)
{
    // The kernel's names (drm_connector.c, drm_connector_enum_list), as in sysfs.
    private static readonly string[] Kinds =
    [
        "Unknown", "VGA", "DVI-I", "DVI-D", "DVI-A", "Composite", "SVIDEO", "LVDS", "Component", "DIN", "DP", "HDMI-A", "HDMI-B", "TV", "eDP",
        "Virtual", "DSI", "DPI", "Writeback", "SPI", "USB",
    ];

    /// <summary>As in sysfs, behind the card's name: <c>HDMI-A-1</c>.</summary>
    public string Name => $"{(Kind < Kinds.Length ? Kinds[Kind] : "Unknown")}-{Number}";
}

/// <param name="PossibleCrtcs">Bit n: the CRTC that stands at n in <see cref="DrmResources.Crtcs"/>.</param>
public sealed record DrmEncoder(uint Id, uint PossibleCrtcs);

/// <param name="PossibleCrtcs">Bit n: the CRTC that stands at n in <see cref="DrmResources.Crtcs"/>.</param>
/// <param name="Formats">What it shows, as <see cref="DrmFormat"/>.</param>
public sealed record DrmPlane(uint Id, uint PossibleCrtcs, IReadOnlyList<uint> Formats);

/// <summary>A property of one object.</summary>
public readonly record struct DrmProperty(uint Id, ulong Value);
