namespace Phyllome.Seats.Devices;

/// <summary>How far what is shown on a monitor is turned clockwise, in degrees: by as much as the monitor itself stands turned anticlockwise.</summary>
public enum Rotation
{
    None = 0,
    /// <summary>The monitor's upper edge is at the left.</summary>
    Clockwise = 90,
    /// <summary>The monitor is upside down.</summary>
    Half = 180,
    /// <summary>The monitor's upper edge is at the right.</summary>
    Anticlockwise = 270,
}
