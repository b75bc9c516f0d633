namespace Phyllome.Seats.Linux.Libc;

/// <summary>An absolute axis of a device.</summary>
/// <param name="Code">ABS_*.</param>
public readonly record struct AbsoluteAxis(ushort Code, AxisInfo Info);

/// <summary>All that an input device says of itself, as codes of linux/input-event-codes.h in rising order.</summary>
/// <param name="Name">In UTF-8 at most 255 bytes.</param>
/// <param name="Bus">BUS_*.</param>
public sealed record InputDeviceDescription(string Name, ushort Bus, ushort Vendor, ushort Product, ushort Version)
{
    public IReadOnlyList<ushort> Properties { get; init; } = [];

    public IReadOnlyList<ushort> Keys { get; init; } = [];

    public IReadOnlyList<ushort> Axes { get; init; } = [];

    public IReadOnlyList<AbsoluteAxis> AbsoluteAxes { get; init; } = [];

    public IReadOnlyList<ushort> Miscellanea { get; init; } = [];

    public IReadOnlyList<ushort> Switches { get; init; } = [];

    public IReadOnlyList<ushort> Leds { get; init; } = [];

    /// <summary>Kinds of force feedback, waveforms and settings (FF_*); empty for a device without.</summary>
    public IReadOnlyList<ushort> Forces { get; init; } = [];

    /// <summary>How many effects it keeps at once; 0 for a device without force feedback.</summary>
    public int MostEffects { get; init; }
}
