using System.Runtime.InteropServices;

namespace Phyllome.Seats.Presenter.Core;

/// <summary>The pixel layouts in which QEMU gives a guest's picture (pixman.h, pixman_format_code_t).</summary>
internal static class GuestPixels
{
    private const uint X8R8G8B8 = 0x20020888, A8R8G8B8 = 0x20028888, X8B8G8R8 = 0x20030888, A8B8G8R8 = 0x20038888;
    private const uint R8G8B8 = 0x18020888, R5G6B5 = 0x10020565, X1R5G5B5 = 0x10020555;

    /// <summary>Bytes of a pixel; null where the layout is not known.</summary>
    public static int? Size(uint format) => format switch
    {
        X8R8G8B8 or A8R8G8B8 or X8B8G8R8 or A8B8G8R8 => 4,
        R8G8B8 => 3,
        R5G6B5 or X1R5G5B5 => 2,
        _ => null,
    };

    /// <summary>Turns pixels into x8r8g8b8.</summary>
    /// <param name="source">At least as many pixels as <paramref name="target"/> takes.</param>
    public static void Convert(uint format, ReadOnlySpan<byte> source, Span<uint> target)
    {
        switch (format)
        {
            case X8R8G8B8 or A8R8G8B8:
                source[..(target.Length * 4)].CopyTo(MemoryMarshal.AsBytes(target));
                return;
            case X8B8G8R8 or A8B8G8R8:
                var swapped = MemoryMarshal.Cast<byte, uint>(source);
                for (var i = 0; i < target.Length; i++)
                    target[i] = (swapped[i] & 0xff00ff00) | (swapped[i] & 0xff) << 16 | (swapped[i] >> 16 & 0xff);
                return;
            case R8G8B8:
                for (var i = 0; i < target.Length; i++)
                    target[i] = (uint)(source[(i * 3) + 2] << 16 | source[(i * 3) + 1] << 8 | source[i * 3]);
                return;
            case R5G6B5 or X1R5G5B5:
                var small = MemoryMarshal.Cast<byte, ushort>(source);
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = format == R5G6B5
                        ? Widen(small[i] >> 11, 5) << 16 | Widen(small[i] >> 5, 6) << 8 | Widen(small[i], 5)
                        : Widen(small[i] >> 10, 5) << 16 | Widen(small[i] >> 5, 5) << 8 | Widen(small[i], 5);
                }

                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(format), $"0x{format:x} is no known layout of pixels");
        }
    }

    // The highest bits again in the lowest ones, so that full becomes full.
    private static uint Widen(int value, int bits)
    {
        var part = (uint)value & ((1u << bits) - 1);
        return part << (8 - bits) | part >> ((2 * bits) - 8);
    }
}
