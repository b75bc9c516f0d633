using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>Who comes in over TCP, with TLS for real.</summary>
public sealed class TcpTests : IDisposable
{
    private readonly DoorFixture _door = new();
    private readonly IPEndPoint _address = DoorFixture.FreeAddress();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task With_the_right_name_and_password_somebody_sees_the_guest_through_TLS()
    {
        _door.Open(_door.Order(_address) with { Password = RemotePassword.Keep("pässword") });
        using var viewer = await TestViewer.ConnectAsync(_address);
        var from = ((NetworkStream)viewer.Stream).Socket.LocalEndPoint!.ToString()!;
        await viewer.EncryptAsync();
        Assert.InRange(((SslStream)viewer.Stream).SslProtocol, SslProtocols.Tls12, SslProtocols.Tls13);
        await viewer.GivePasswordAsync("anna", "pässword");
        var (number, qemu) = await _door.AnswerAsync(viewer, from, "windows");
        await viewer.Stream.SayAsync(Messages.UpdateRequest);
        Assert.Equal(Messages.UpdateRequest, await qemu.Stream.HearAsync(10));
        await qemu.Stream.SayAsync([0, 0, 0, 0]);
        Assert.Equal([0, 0, 0, 0], await viewer.Stream.HearAsync(4));
        // TLS is ended with its own word for it.
        _door.Tell(new EndViewers());
        Assert.Equal(0, await viewer.Stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(new ViewerGone(number), _door.Hear());
        qemu.Dispose();
    }

    [Theory]
    [InlineData("anna", "other")]
    [InlineData("bert", "secret")]
    [InlineData("", "")]
    public async Task With_a_wrong_name_or_password_nobody_is_told_which_was_wrong(string user, string password)
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        await viewer.EncryptAsync();
        await viewer.GivePasswordAsync(user, password);
        Assert.Equal("The name or the password is wrong.", await viewer.HearNoAsync());
        // The manager was not asked.
        _door.Tell(new TellDoor());
        _door.Hear<DoorState>();
    }

    [Fact]
    public async Task After_five_wrong_ones_the_right_one_has_to_wait_too()
    {
        _door.Open(_door.Order(_address));
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await TestViewer.ConnectAsync(_address);
            await wrong.EncryptAsync();
            await wrong.GivePasswordAsync("anna", "other");
            Assert.Equal("The name or the password is wrong.", await wrong.HearNoAsync());
        }

        using var right = await TestViewer.ConnectAsync(_address);
        await right.EncryptAsync();
        await right.GivePasswordAsync("anna", "secret");
        Assert.Equal("Too many wrong passwords were given: try again in a minute.", await right.HearNoAsync());
        // At the socket no password is asked for.
        var (viewer, _, qemu) = await _door.LetInAsync("windows");
        viewer.Dispose();
        qemu.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public async Task Nothing_without_TLS_is_taken(byte type)
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        Assert.Equal([19], await viewer.HearTypesAsync());
        await viewer.Stream.SayAsync([type]);
        Assert.Equal("That security type was not offered.", await viewer.HearNoAsync());
    }

    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(259)]
    [InlineData(260)]
    [InlineData(261)]
    [InlineData(0)]
    public async Task A_subtype_that_was_not_offered_is_refused(int subtype)
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        Assert.Equal([19], await viewer.HearTypesAsync());
        await viewer.Stream.SayAsync([19, 0, 2]);
        await viewer.Stream.HearAsync(2 + 6);
        await viewer.Stream.SayAsync([0, 0, (byte)(subtype >> 8), (byte)subtype]);
        Assert.Equal([0], await viewer.Stream.HearAsync(1));
        await viewer.Stream.HearEndAsync();
    }

    [Fact]
    public async Task Another_version_of_VeNCrypt_is_refused()
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        Assert.Equal([19], await viewer.HearTypesAsync());
        await viewer.Stream.SayAsync([19, 0, 1]);
        Assert.Equal([0, 2, 255], await viewer.Stream.HearAsync(3));
        await viewer.Stream.HearEndAsync();
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_not_waited_for()
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        await viewer.EncryptAsync();
        await viewer.Stream.SayAsync([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1]);
        Assert.Equal("That name or password is too long.", await viewer.HearNoAsync());
    }

    [Fact]
    public async Task What_is_no_TLS_ends_it()
    {
        _door.Open(_door.Order(_address));
        using var viewer = await TestViewer.ConnectAsync(_address);
        await viewer.HearTypesAsync();
        await viewer.Stream.SayAsync([19, 0, 2]);
        await viewer.Stream.HearAsync(2 + 6);
        await viewer.Stream.SayAsync([0, 0, 1, 6]);
        await viewer.Stream.HearAsync(1);
        await viewer.Stream.SayAsync([0, 0, 0, 4, 0, 0, 0, 6, .. "annasecret"u8]);
        await viewer.Stream.HearAllAsync();
        _door.Tell(new TellDoor());
        _door.Hear<DoorState>();
    }

    [Fact]
    public async Task Without_a_password_nobody_comes_in_over_TCP()
    {
        _door.Open(_door.Order(_address) with { Password = null });
        using var viewer = await TestViewer.ConnectAsync(_address);
        Assert.Empty(await viewer.HearTypesAsync());
        Assert.Equal("Seat 'left' takes nobody over the network: it has no password yet.", await viewer.Stream.HearReasonAsync());
    }

    [Fact]
    public async Task A_password_that_was_kept_in_another_form_is_said()
    {
        _door.Open(_door.Order(_address) with { Password = "secret" });
        using var viewer = await TestViewer.ConnectAsync(_address);
        await viewer.EncryptAsync();
        await viewer.GivePasswordAsync("anna", "secret");
        Assert.Equal("What is kept of the password of seat 'left' cannot be read: it has to be set anew.", await viewer.HearNoAsync());
    }
}
