using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Whether somebody has an input device to itself.</summary>
internal enum Hold
{
    Held,
    Free,
    /// <summary>The device is gone.</summary>
    Gone,
    /// <summary>This user may not ask.</summary>
    NotAllowed,
}

internal static class NodeHold
{
    /// <summary>
    /// Tries to take the device, which fails with EBUSY where somebody has it (EVIOCGRAB, drivers/input/evdev.c), and else gives it back at once.
    /// Reads nothing.
    /// </summary>
    /// <param name="node"><c>/dev/input/eventM</c>.</param>
    internal static Hold Of(string node)
    {
        try
        {
            using var device = FileDescriptor.OpenToRead(node);
            var errno = EventDevice.Grab(device);
            if (errno == Errno.None)
                EventDevice.Ungrab(device);
            return errno switch
            {
                Errno.None => Hold.Free,
                Errno.EBUSY => Hold.Held,
                Errno.ENODEV => Hold.Gone,
                _ => throw new LinuxException(errno, $"could not ask who has {node}"),
            };
        }
        catch (LinuxException fault) when (fault.Errno is Errno.ENOENT or Errno.ENODEV or Errno.ENXIO)
        {
            return Hold.Gone;
        }
        catch (LinuxException fault) when (fault.Errno is Errno.EACCES or Errno.EPERM)
        {
            return Hold.NotAllowed;
        }
    }
}
