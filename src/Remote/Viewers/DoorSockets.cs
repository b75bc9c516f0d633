using System.Net;
using System.Net.Sockets;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>Sockets as the door has them.</summary>
internal static class DoorSockets
{
    private const int Backlog = 64, IpProtoTcp = 6, TcpUserTimeout = 18;

    /// <summary>Takes over a stream socket that came over a connection.</summary>
    /// <exception cref="SocketException">It is no socket.</exception>
    /// <exception cref="LinuxException">It is one of another kind.</exception>
    public static Socket Take(FileDescriptor descriptor, bool isListening)
    {
        var handle = new SafeSocketHandle(descriptor.Number, ownsHandle: true);
        descriptor.SetHandleAsInvalid();
        Socket? socket = null;
        try
        {
            socket = new(handle);
            if (socket.AddressFamily != AddressFamily.Unix || socket.SocketType != SocketType.Stream || IsListening(socket) != isListening)
                throw new LinuxException(Errno.EOPNOTSUPP, $"what came is no {(isListening ? "listening" : "connected")} unix socket of type SOCK_STREAM");
            return socket;
        }
        catch
        {
            socket?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    /// <exception cref="SocketException">The kernel gives it not.</exception>
    public static Socket Listen(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // All addresses are those of IPv4 too, as with the kernel's own default (net.ipv6.bindv6only).
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What is typed goes out at once, and a viewer that is gone without a word is noticed, whether or not something is on its way to it.</summary>
    public static void SetUpViewer(Socket tcp, TimeSpan stall)
    {
        tcp.NoDelay = true;
        tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        tcp.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        tcp.SetRawSocketOption(IpProtoTcp, TcpUserTimeout, BitConverter.GetBytes((int)stall.TotalMilliseconds));
    }

    public static string Name(Socket tcp)
    {
        var address = (IPEndPoint)tcp.RemoteEndPoint!;
        return (address.Address.IsIPv4MappedToIPv6 ? new(address.Address.MapToIPv4(), address.Port) : address).ToString();
    }

    /// <summary>A failed call's sentence, with the kernel's own number.</summary>
    public static string Sentence(SocketException exception, string sentence) => new LinuxException((Errno)exception.NativeErrorCode, sentence).Message;

    private static bool IsListening(Socket socket) => (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)! != 0;
}
