namespace Phyllome.Seats.Presenter.Core;

/// <summary>Pixel formats of buffers that are shown as they are (drm_fourcc.h): four letters, the first in the lowest byte.</summary>
internal static class ScanoutFormat
{
    /// <summary>
    /// The same layout with alpha that is not looked at. QEMU tells its textures' formats, which have alpha, while the guest's screen has none and
    /// leaves anything there; and not every plane takes alpha.
    /// </summary>
    public static uint Opaque(uint format) => Name(format) switch
    {
        "AR24" or "AB24" or "AR30" or "AB30" or "AB4H" => (format & 0xffff_ff00) | 'X',
        "RA24" or "BA24" => (format & 0xffff_00ff) | (uint)'X' << 8,
        _ => format,
    };

    /// <summary>For a person: <c>XR24</c>.</summary>
    public static string Name(uint format) => string.Concat(BitConverter.GetBytes(format).Select(letter => letter is > 0x20 and < 0x7f ? (char)letter : '?'));
}
