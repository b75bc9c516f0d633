using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Wayland;

public sealed class WireTests : IDisposable
{
    private readonly WaylandSocket _one, _other;
    private readonly FileDescriptor _raw;
    private readonly List<WireMessage> _messages = [];

    public WireTests()
    {
        var (one, other) = FileDescriptor.StreamPair(nonBlocking: false);
        (_one, _other, _raw) = (new(one), new(other), one);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("four")]
    [InlineData("Bildschirm für zwei")]
    public void A_message_should_arrive_with_all_its_arguments(string text)
    {
        using (var null_ = FileDescriptor.OpenToRead("/dev/null"))
            _one.Send(new WireWriter(7, 3).Add(text).Add(0xfffffffeu).Add(null_).Add(-5));
        Assert.True(_other.Receive(_messages));
        var message = Assert.Single(_messages);
        Assert.Equal((7u, 3), (message.Target, (int)message.Opcode));
        Assert.Equal((text, 0xfffffffeu), (message.ReadString(), message.ReadUint()));
        using (var passed = message.ReadDescriptor())
            Assert.Equal((1u, 3u), passed.CharacterDevice());
        Assert.Equal(-5, message.ReadInt());
        Assert.Equal(Errno.EPROTO, Assert.Throws<LinuxException>(() => message.ReadUint()).Errno);
        Assert.Equal(Errno.EPROTO, Assert.Throws<LinuxException>(() => message.ReadDescriptor()).Errno);
    }

    [Fact]
    public void The_bytes_should_be_those_of_the_protocol()
    {
        // wl_display.get_registry(2), and a name of three letters, which takes a word with its NUL.
        _one.Send(new WireWriter(1, 1).Add(2u));
        _one.Send(new WireWriter(2, 0).Add("abc"));
        var bytes = new byte[64];
        Assert.Equal(28, _other.Descriptor.TryRead(bytes, out _));
        Assert.Equal("01000000" + "01000C00" + "02000000" + "02000000" + "00001000" + "04000000" + "61626300", Convert.ToHexString(bytes[..28]));
    }

    [Fact]
    public void Messages_should_be_taken_whole_however_they_come()
    {
        var bytes = Convert.FromHexString("010000000100100007000000" + "08000000" + "0100000002000800");
        for (var at = 0; at < bytes.Length; at++)
        {
            Assert.Equal(1, _raw.TryWrite(bytes.AsSpan(at, 1), out _));
            Assert.True(_other.Receive(_messages));
            Assert.Equal(at < 15 ? 0 : at < 23 ? 1 : 2, _messages.Count);
        }

        Assert.Equal((7u, 8u), (_messages[0].ReadUint(), _messages[0].ReadUint()));
    }

    [Theory]
    [InlineData("0100000001000400")]
    [InlineData("0100000001000900")]
    [InlineData("010000000100FCFF")]
    public void What_is_no_message_should_end_the_connection(string bytes)
    {
        _raw.TryWrite(Convert.FromHexString(bytes), out _);
        Assert.Equal(Errno.EPROTO, Assert.Throws<LinuxException>(() => _other.Receive(_messages)).Errno);
    }

    [Theory]
    [InlineData("0100000000000C00FFFFFFFF")]
    [InlineData("0100000000000C0005000000")]
    public void An_argument_that_is_longer_than_its_message_should_be_refused(string bytes)
    {
        _raw.TryWrite(Convert.FromHexString(bytes), out _);
        Assert.True(_other.Receive(_messages));
        Assert.Equal(Errno.EPROTO, Assert.Throws<LinuxException>(() => _messages[0].ReadString()).Errno);
    }

    [Fact]
    public void What_was_sent_before_the_end_should_arrive_and_then_the_end()
    {
        _one.Send(new WireWriter(1, 0).Add(9u));
        _one.Dispose();
        Assert.False(_other.Receive(_messages));
        Assert.Equal(9u, Assert.Single(_messages).ReadUint());
        Assert.Equal(Errno.EPIPE, Assert.Throws<LinuxException>(() => _other.Send(new(1, 0))).Errno);
    }

    [Fact]
    public void Whoever_does_not_read_should_not_be_waited_for()
    {
        void SendForEver()
        {
            while (true)
                _one.Send(new WireWriter(1, 0).Add(new string('x', 4000)));
        }

        Assert.Equal(Errno.EAGAIN, Assert.Throws<LinuxException>((Action)SendForEver).Errno);
    }
}
