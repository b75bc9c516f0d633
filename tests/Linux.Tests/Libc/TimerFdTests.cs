using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class TimerFdTests
{
    [Fact]
    public void A_moment_that_is_over_should_be_now_and_one_that_is_taken_back_never()
    {
        using var timer = new TimerFd();
        Assert.Equal(0, timer.Clear());
        timer.Set(1);
        Assert.Equal(PollEvents.In, Poll.Wait(timer.Descriptor, PollEvents.In, TimeSpan.FromSeconds(30)));
        timer.Set(null);
        Assert.Equal(PollEvents.None, Poll.Wait(timer.Descriptor, PollEvents.In, TimeSpan.Zero));
    }

    [Fact]
    public void A_moment_should_be_of_the_clock_that_events_are_stamped_with()
    {
        using var timer = new TimerFd();
        var at = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 50);
        timer.Set(at / (Stopwatch.Frequency / 1_000_000));
        Assert.Equal(PollEvents.In, Poll.Wait(timer.Descriptor, PollEvents.In, TimeSpan.FromSeconds(30)));
        Assert.InRange(Stopwatch.GetTimestamp(), at - (Stopwatch.Frequency / 1000), long.MaxValue);
    }

    [Fact]
    public void A_period_should_come_again_and_again()
    {
        using var timer = new TimerFd();
        timer.Repeat(TimeSpan.FromMilliseconds(1));
        for (var turns = 0; turns < 3; turns++)
        {
            Assert.Equal(PollEvents.In, Poll.Wait(timer.Descriptor, PollEvents.In, TimeSpan.FromSeconds(30)));
            Assert.True(timer.Clear() > 0);
        }
    }
}
