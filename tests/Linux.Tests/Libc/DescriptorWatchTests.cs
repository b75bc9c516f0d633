using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class DescriptorWatchTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task It_should_tell_on_its_own_thread_until_it_is_told_to_end()
    {
        using var bell = new EventFd();
        var told = new TaskCompletionSource<string?>();
        using var watch = new DescriptorWatch("a watch", bell.Descriptor, () =>
        {
            told.SetResult(Thread.CurrentThread.Name);
            return false;
        }, told.SetException);

        bell.Signal();
        Assert.Equal("a watch", await told.Task.WaitAsync(Long, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_should_tell_once_what_ended_it()
    {
        using var bell = new EventFd();
        var failure = new TaskCompletionSource<Exception>();
        using var watch = new DescriptorWatch("a watch", bell.Descriptor, () => throw new IOException("gone"), failure.SetResult);

        bell.Signal();
        Assert.Equal("gone", (await failure.Task.WaitAsync(Long, TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public void Disposing_should_wait_for_its_thread()
    {
        using var bell = new EventFd();
        var calls = 0;
        var watch = new DescriptorWatch("a watch", bell.Descriptor, () => ++calls > 0, _ => { });
        watch.Dispose();
        bell.Signal();
        Assert.Equal(0, calls);
    }
}
