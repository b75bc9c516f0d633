using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Udev;

/// <summary>libudev names its errors by errno, in errno itself or as a negative result.</summary>
internal static class UdevError
{
    internal static void ThrowIfNegative(int result, string sentence)
    {
        if (result < 0)
            throw new LinuxException((Errno)(-result), sentence);
    }
}
