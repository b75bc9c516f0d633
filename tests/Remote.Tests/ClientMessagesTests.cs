using CsCheck;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Tests;

public sealed class ClientMessagesTests
{
    [Theory]
    [InlineData("00", 20)]
    [InlineData("02 00 0003", 16)]
    [InlineData("02 00 ffff", 262144)]
    [InlineData("03", 10)]
    [InlineData("04", 8)]
    [InlineData("05", 6)]
    [InlineData("06 000000 00000005", 13)]
    [InlineData("06 000000 fffffffb", 13)]
    [InlineData("06 000000 00100000", 1048584)]
    [InlineData("06 000000 fff00000", 1048584)]
    [InlineData("96", 10)]
    [InlineData("f8 000000 00000000 40", 73)]
    [InlineData("fa", 4)]
    [InlineData("fb 00 0400 0300 02 00", 40)]
    [InlineData("ff 00", 12)]
    [InlineData("ff 01 0000", 4)]
    [InlineData("ff 01 0001", 4)]
    [InlineData("ff 01 0002", 10)]
    public void Each_message_is_as_long_as_its_beginning_says_and_nothing_is_said_before_that_is_there(string beginning, int length)
    {
        var bytes = Convert.FromHexString(beginning.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(length, ClientMessages.LengthOf(bytes));
        Assert.All(Enumerable.Range(0, bytes.Length), count => Assert.Null(ClientMessages.LengthOf(bytes.AsSpan(0, count))));
        Assert.InRange(length, 1, ClientMessages.Largest);
    }

    [Theory]
    [InlineData("01", "type 1,")]
    [InlineData("fd", "type 253,")]
    [InlineData("ff 02", "kind 2,")]
    [InlineData("ff 01 0003", "audio message 3,")]
    [InlineData("06 000000 00100001", "1048577 bytes of clipboard")]
    [InlineData("06 000000 7fffffff", "2147483647 bytes of clipboard")]
    [InlineData("06 000000 80000000", "2147483648 bytes of clipboard")]
    [InlineData("f8 000000 00000000 41", "fence of 65 bytes")]
    public void What_is_unknown_or_too_long_is_refused_with_a_sentence_that_has_nothing_of_its_content(string beginning, string sentence) =>
        Assert.Contains(
            sentence, Assert.Throws<RfbException>(() => ClientMessages.LengthOf(Convert.FromHexString(beginning.Replace(" ", "", StringComparison.Ordinal)))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void However_much_of_a_message_is_there_its_length_is_the_same() => Gen.OneOf(Messages.Looking, Messages.Doing).Sample(message =>
    {
        for (var count = 0; count <= message.Length; count++)
            Assert.True(ClientMessages.LengthOf(message.AsSpan(0, count)) is not { } length || length == message.Length);
        Assert.Equal(message.Length, ClientMessages.LengthOf(message));
    });

    [Fact]
    public void What_does_something_to_a_guest_is_known_from_what_looks()
    {
        Messages.Doing.Sample(message => ClientMessages.IsInput(message));
        Messages.Looking.Sample(message => !ClientMessages.IsInput(message));
    }
}
