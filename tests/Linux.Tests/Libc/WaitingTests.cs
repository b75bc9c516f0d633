using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class WaitingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public void Poll_should_tell_of_bytes_and_of_a_writer_that_left()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        {
            Assert.Equal(PollEvents.None, Poll.Wait(read, PollEvents.In, TimeSpan.Zero));
            write.TryWrite("x"u8, out _);
            Assert.Equal(PollEvents.In, Poll.Wait(read, PollEvents.In, Timeout.InfiniteTimeSpan));
            write.Dispose();
            Assert.Equal(PollEvents.In | PollEvents.HangUp, Poll.Wait(read, PollEvents.In, Long));
        }
    }

    [Fact]
    public void Epoll_should_give_each_ready_descriptor_its_own_tag()
    {
        using var epoll = new Epoll();
        using var first = new EventFd();
        using var second = new EventFd();
        epoll.Add(first.Descriptor, PollEvents.In, 7);
        epoll.Add(second.Descriptor, PollEvents.In, ulong.MaxValue);
        Assert.Equal(0, epoll.Wait(0));

        second.Signal();
        Assert.Equal(1, epoll.Wait());
        Assert.Equal(new(PollEvents.In, ulong.MaxValue), epoll[0]);

        first.Signal();
        Assert.Equal(2, epoll.Wait());
        Assert.Equal([7UL, ulong.MaxValue], new[] { epoll[0].Tag, epoll[1].Tag }.Order());

        epoll.Remove(second.Descriptor);
        Assert.Equal(1, epoll.Wait());
        Assert.True(first.Clear());
        Assert.False(first.Clear());
        Assert.Equal(0, epoll.Wait(0));
    }

    [Fact]
    public void Inotify_should_name_the_file_that_was_made()
    {
        var directory = Directory.CreateTempSubdirectory("inotify");
        try
        {
            using var inotify = new Inotify();
            inotify.Watch(directory.FullName, WatchEvents.Created | WatchEvents.MovedTo);
            Assert.Empty(inotify.Read());
            File.WriteAllText(Path.Combine(directory.FullName, "c13:64"), "");
            Assert.Equal(PollEvents.In, Poll.Wait(inotify.Descriptor, PollEvents.In, Long));
            Assert.Equal(["c13:64"], inotify.Read());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_character_device_should_be_known_by_its_numbers()
    {
        using var full = FileDescriptor.OpenReadWrite("/dev/null", nonBlocking: true);
        Assert.Equal((1U, 3U), full.CharacterDevice());
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
            Assert.Null(read.CharacterDevice());
    }

    [Fact]
    public void What_is_open_twice_should_be_known_by_its_inode()
    {
        var (one, end) = FileDescriptor.Pipe(nonBlocking: true);
        var (another, itsEnd) = FileDescriptor.Pipe(nonBlocking: true);
        using (one)
        using (end)
        using (another)
        using (itsEnd)
        using (var again = one.Duplicate())
        {
            Assert.Equal(one.Inode(), again.Inode());
            Assert.NotEqual(one.Inode(), another.Inode());
        }
    }
}
