using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>recvmsg(2) of a socket of AF_UNIX that may have nothing now, or be reset by its other end.</summary>
internal static unsafe class ReceivedMessage
{
    /// <param name="message">Its pointers are good for the call. Where this returns null it is as it was given.</param>
    /// <returns>How many bytes came; 0 at the end; null where there are none now.</returns>
    /// <exception cref="LinuxException">With <paramref name="couldNot"/>, for any other reason.</exception>
    public static int? Take(SafeHandle socket, NativeLibc.msghdr* message, int flags, string couldNot)
    {
        while (true)
        {
            // Safety: the caller's, as said above.
            var count = NativeLibc.recvmsg(socket, message, flags | NativeLibc.MSG_CMSG_CLOEXEC);
            if (count >= 0)
                return (int)count;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EAGAIN)
                return null;
            // The other end has closed without reading all: told once, and before what it had sent (net/unix/af_unix.c, unix_release_sock; sock_error).
            if (errno is not (Errno.EINTR or Errno.ECONNRESET))
                throw new LinuxException(errno, couldNot);
        }
    }
}
