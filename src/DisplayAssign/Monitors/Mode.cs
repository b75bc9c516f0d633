using System.Globalization;

namespace Phyllome.Seats.DisplayAssign.Monitors;

/// <summary>A video mode.</summary>
/// <param name="Height">Lines of a whole picture, also of an interlaced one.</param>
/// <param name="MilliHertz">Pictures a second, or fields of an interlaced mode. Exact for detailed timings and codes; nominal (within 1 Hz) where the
/// display gives a formula to compute the timing by.</param>
public readonly record struct Mode(int Width, int Height, int MilliHertz, bool Interlaced = false) : IComparable<Mode>
{
    /// <summary>By area, then whole pictures before fields, then the rate.</summary>
    public int CompareTo(Mode other) =>
        ((long)Width * Height, !Interlaced, MilliHertz).CompareTo(((long)other.Width * other.Height, !other.Interlaced, other.MilliHertz));

    /// <summary><c>1920x1080</c>, interlaced <c>1920x1080i</c>: as the kernel lists modes.</summary>
    public string Size => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}{(Interlaced ? "i" : "")}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Size} at {MilliHertz / 1000.0:0.###} Hz");

    public static bool operator <(Mode left, Mode right) => left.CompareTo(right) < 0;

    public static bool operator >(Mode left, Mode right) => left.CompareTo(right) > 0;

    public static bool operator <=(Mode left, Mode right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Mode left, Mode right) => left.CompareTo(right) >= 0;
}
