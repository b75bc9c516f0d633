using System.Net.Sockets;
using System.Text;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote.Viewers;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>A stand-in for the VNC server of a guest's QEMU, at one end of a connection of which the manager hands over the other.</summary>
internal sealed class Qemu : IDisposable
{
    private Qemu(Stream stream, FileDescriptor theirs) => (Stream, Theirs) = (stream, theirs);

    public Stream Stream { get; }

    /// <summary>To hand over.</summary>
    public FileDescriptor Theirs { get; }

    public static byte[] Init(string name) => [4, 0, 3, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];

    public static Qemu Make()
    {
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: false);
        return new(new NetworkStream(DoorSockets.Take(ours, isListening: false), ownsSocket: true), theirs);
    }

    /// <summary>Its side of the handshake, as QEMU does it where no password is asked for.</summary>
    /// <returns>What the client said of others who may see the guest too.</returns>
    public async Task<byte> ShakeHandsAsync(string name)
    {
        Theirs.Dispose();
        await Stream.SayAsync(Rfb.Version.ToArray());
        Assert.Equal(Rfb.Version.ToArray(), await Stream.HearAsync(12));
        await Stream.SayAsync([2, 16, 1]);
        Assert.Equal([1], await Stream.HearAsync(1));
        await Stream.SayAsync([0, 0, 0, 0]);
        var shared = await Stream.HearAsync(1);
        await Stream.SayAsync(Init(name));
        return shared[0];
    }

    public void Dispose()
    {
        Theirs.Dispose();
        Stream.Dispose();
    }
}
