using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class SeqPacketSocketTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public void Packets_should_arrive_whole_and_in_order()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (one)
        using (two)
        {
            one.Send("first"u8);
            one.Send("second"u8);

            var buffer = new byte[64];
            Assert.Equal("first"u8, buffer.AsSpan(0, two.Receive(buffer, Long, out _)));
            Assert.Equal("second"u8, buffer.AsSpan(0, two.Receive(buffer, Long, out var passed)));
            Assert.Null(passed);
        }
    }

    [Fact]
    public void A_descriptor_should_come_with_its_packet_and_still_read_what_was_written()
    {
        var (one, two) = SeqPacketSocket.Pair();
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (one)
        using (two)
        using (write)
        {
            one.Send("take"u8, read);
            read.Dispose();
            var buffer = new byte[64];
            two.Receive(buffer, Long, out var passed);
            Assert.NotNull(passed);
            using (passed)
            {
                Assert.Equal(3, write.TryWrite("abc"u8, out _));
                Assert.Equal(3, passed.TryRead(buffer, out _));
                Assert.Equal("abc"u8, buffer.AsSpan(0, 3));
            }
        }
    }

    [Fact]
    public void A_packet_without_a_descriptor_should_leave_none_behind_from_the_one_before()
    {
        var (one, two) = SeqPacketSocket.Pair();
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (one)
        using (two)
        using (read)
        using (write)
        {
            var buffer = new byte[64];
            one.Send("with"u8, read);
            one.Send("without"u8);
            two.Receive(buffer, Long, out var first);
            first!.Dispose();
            two.Receive(buffer, Long, out var second);
            Assert.Null(second);
        }
    }

    [Fact]
    public void What_was_sent_before_the_end_should_arrive_also_from_one_who_has_not_read_all()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (two)
        {
            two.Send("never read"u8);
            one.Send("first"u8);
            one.Send("last"u8);
            one.Dispose();

            var buffer = new byte[64];
            Assert.Equal("first"u8, buffer.AsSpan(0, two.TryReceive(buffer, out _)!.Value));
            Assert.Equal("last"u8, buffer.AsSpan(0, two.TryReceive(buffer, out _)!.Value));
            Assert.Equal(0, two.TryReceive(buffer, out _));
            Assert.Equal(0, two.TryReceive(buffer, out _));
        }
    }

    [Fact]
    public void A_closed_end_should_be_a_length_of_zero()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (two)
        {
            one.Dispose();
            Assert.Equal(0, two.Receive(new byte[8], Long, out _));
            Assert.Equal(Errno.EPIPE, two.TrySend("x"u8));
        }
    }

    [Fact]
    public void A_packet_longer_than_the_buffer_should_be_refused_not_cut()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (one)
        using (two)
        {
            one.Send(new byte[9]);
            var thrown = Assert.Throws<LinuxException>(() => two.Receive(new byte[8], Long, out _));
            Assert.Equal(Errno.EMSGSIZE, thrown.Errno);
        }
    }

    [Fact]
    public void Silence_should_end_at_the_deadline()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (one)
        using (two)
        {
            var thrown = Assert.Throws<LinuxException>(() => two.Receive(new byte[8], TimeSpan.FromMilliseconds(1), out _));
            Assert.Equal(Errno.ETIMEDOUT, thrown.Errno);
            Assert.Null(two.TryReceive(new byte[8], out _));
        }
    }

    [Fact]
    public void A_full_queue_should_say_so_instead_of_waiting()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (one)
        using (two)
        {
            var errno = Errno.None;
            for (var i = 0; i < 100_000 && errno == Errno.None; i++)
                errno = one.TrySend(new byte[1024]);
            Assert.Equal(Errno.EAGAIN, errno);
        }
    }

    [Fact]
    public void The_largest_packet_should_pass_a_fresh_socket()
    {
        var (one, two) = SeqPacketSocket.Pair();
        using (one)
        using (two)
        {
            Assert.Equal(Errno.None, one.TrySend(new byte[SeqPacketSocket.LargestPacket]));
            Assert.Equal(SeqPacketSocket.LargestPacket, two.Receive(new byte[SeqPacketSocket.LargestPacket], Long, out _));
        }
    }

    [Fact]
    public void A_listener_should_know_who_connected()
    {
        var directory = Directory.CreateTempSubdirectory("seqpacket");
        try
        {
            var path = Path.Combine(directory.FullName, "socket");
            using var listener = SeqPacketSocket.Listen(path);
            using var client = SeqPacketSocket.Connect(path);
            using var server = listener.Accept();
            Assert.Equal(Environment.ProcessId, server.Peer.Pid);
            client.Send("hello"u8);
            Assert.Equal(5, server.Receive(new byte[8], Long, out _));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_path_without_a_listener_should_be_named_with_the_errno()
    {
        var thrown = Assert.Throws<LinuxException>(() => SeqPacketSocket.Connect("/nowhere/router.sock"));
        Assert.Equal(Errno.ENOENT, thrown.Errno);
        Assert.StartsWith("could not connect to /nowhere/router.sock: ", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<LinuxException>(() => SeqPacketSocket.Connect(new string('x', 108))).Errno);
    }

    [Fact]
    public void A_descriptor_of_another_kind_should_be_refused()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
            Assert.Throws<LinuxException>(() => SeqPacketSocket.FromDescriptor(read));
    }
}
