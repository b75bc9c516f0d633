namespace Phyllome.Seats.DisplayAssign.Monitors;

/// <summary>What a monitor says of itself: VESA E-EDID 1.3 and 1.4 with its CTA-861 and DisplayID extensions.</summary>
/// <param name="Maker">Three letters of its PNP id; null where they are none.</param>
/// <param name="Product">The maker's product code.</param>
/// <param name="SerialNumber">Null where it has none (0).</param>
/// <param name="SerialText">The serial as its maker writes it, null where it has none.</param>
/// <param name="Name">Its name for a person; null where it has none.</param>
/// <param name="Year">Of manufacture, or of the model; null where it is not said.</param>
/// <param name="Size">Width and height of the picture in millimetres, null where they are not said (a projector).</param>
/// <param name="Preferred">The first detailed timing or the first code of CTA-861, whichever it puts first; without both what a DisplayID marks.</param>
/// <param name="Highest">The largest mode of all that it lists; DisplayID types I, VII, IX and X, and no others of that standard, are read.</param>
/// <param name="Faults">What is wrong with it, a sentence each. What could be read stands beside them all the same: monitors do err.</param>
public sealed record Edid(
    string? Maker, ushort Product, uint? SerialNumber, string? SerialText, string? Name, int? Year, PictureSize? Size, Mode? Preferred, Mode? Highest,
    ValueList<string> Faults)
{
    /// <summary>The text before the number: makers who give both print the text on the back.</summary>
    public string? Serial => SerialText ?? SerialNumber?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The monitor's key in selectors: <c>DEL-40F1-AB123</c>, without a serial <c>DEL-40F1</c>; null without a maker.</summary>
    public string? Key => Maker is null ? null : Serial is null ? $"{Maker}-{Product:X4}" : $"{Maker}-{Product:X4}-{Serial}";

    /// <summary>Never throws, whatever the bytes are.</summary>
    public static Edid Parse(ReadOnlySpan<byte> bytes) => EdidReader.Read(bytes);
}

/// <summary>In millimetres.</summary>
public readonly record struct PictureSize(int Width, int Height);
