using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Drm;

public sealed class DrmCardTests
{
    [Fact]
    public void What_is_no_card_says_so_in_a_sentence()
    {
        var (read, write) = FileDescriptor.Pipe(nonBlocking: true);
        using (write)
        using (var card = new DrmCard(read))
        {
            var fault = Assert.Throws<LinuxException>(() => card.Resources());
            Assert.Equal(Errno.ENOTTY, fault.Errno);
            Assert.StartsWith("could not list the card's objects: ", fault.Message, StringComparison.Ordinal);
            Assert.Equal(0ul, card.Ask(DrmCapability.DumbBuffer));
            Assert.Equal(Errno.ENOTTY, card.TryCommit(new AtomicRequest().Set(1, 2, 3), AtomicFlags.TestOnly));
            Assert.Empty(card.ReadFlips());
        }
    }

    [Theory]
    [InlineData(11, 1, "HDMI-A-1")]
    [InlineData(10, 2, "DP-2")]
    [InlineData(15, 4, "Virtual-4")]
    [InlineData(99, 1, "Unknown-1")]
    public void A_connector_is_called_as_in_sysfs(int kind, int number, string name) =>
        Assert.Equal(name, new DrmConnector(1, (uint)kind, (uint)number, DrmConnection.Connected, 0, 0, [], []).Name);
}
