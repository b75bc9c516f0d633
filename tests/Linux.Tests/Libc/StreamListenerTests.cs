using System.Net.Sockets;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class StreamListenerTests
{
    [Fact]
    public void Whoever_comes_to_the_path_is_taken_at_the_descriptor_and_closing_it_leaves_the_path_to_others()
    {
        var folder = Directory.CreateTempSubdirectory("listener-");
        try
        {
            var path = Path.Combine(folder.FullName, "s");
            using var handed = StreamListener.Listen(path);
            Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => StreamListener.Listen(path)).Errno);
            using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            caller.Connect(new UnixDomainSocketEndPoint(path));
            using var listening = new Socket(new SafeSocketHandle(handed.DangerousGetHandle(), ownsHandle: false));
            using var taken = listening.Accept();
            taken.Send("x"u8);
            Assert.Equal(1, caller.Receive(new byte[1]));
            handed.Dispose();
            Assert.True(File.Exists(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
