using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>A call to the kernel that failed. The message is <c>sentence: the errno's text (ERRNO)</c>.</summary>
public sealed class LinuxException : IOException
{
    /// <param name="sentence">What could not be done, to what, without the reason: <c>could not open /dev/uinput</c>.</param>
    public LinuxException(Errno errno, string sentence)
        : base($"{sentence}: {Marshal.GetPInvokeErrorMessage((int)errno)} ({errno})") => Errno = errno;

    public Errno Errno { get; }

    /// <summary>The exception of the call that failed just now on this thread.</summary>
    internal static LinuxException Last(string sentence) => new((Errno)Marshal.GetLastPInvokeError(), sentence);
}
