using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class HotCallTests
{
    [Fact]
    public void The_clock_should_be_the_one_that_the_runtime_has_in_microseconds()
    {
        var clock = new MonotonicClock();
        var before = Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
        var now = clock.Microseconds;
        Assert.InRange(now, before, Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    [Fact]
    public void What_makes_nobody_wait_should_be_read_and_written_as_anything_else_is()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (read)
        using (write)
        {
            var taken = new byte[4];
            Assert.Equal((-1, Errno.EAGAIN), (read.TryReadNow(taken, out var errno), errno));
            Assert.Equal((2, Errno.None), (write.TryWriteNow("xy"u8, out errno), errno));
            Assert.Equal((2, Errno.None), (read.TryReadNow(taken, out errno), errno));
            Assert.Equal("xy"u8, taken.AsSpan(0, 2));
            read.Dispose();
            Assert.Equal((-1, Errno.EPIPE), (write.TryWriteNow("z"u8, out errno), errno));
        }
    }
}
