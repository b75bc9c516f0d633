using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Phyllome.Seats.Remote.Viewers;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>A viewer, step by step.</summary>
internal sealed class TestViewer : IDisposable
{
    private TestViewer(Stream stream) => Stream = stream;

    /// <summary>That of TLS, once it is agreed on.</summary>
    public Stream Stream { get; private set; }

    public static async Task<TestViewer> ConnectAsync(EndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return new(new NetworkStream(socket, ownsSocket: true));
    }

    public static TestViewer At(Stream stream) => new(stream);

    /// <summary>Versions, and what security types are offered.</summary>
    public async Task<byte[]> HearTypesAsync(string version = "RFB 003.008\n")
    {
        Assert.Equal(Rfb.Version.ToArray(), await Stream.HearAsync(12));
        await Stream.SayAsync(Encoding.ASCII.GetBytes(version));
        return await Stream.HearAsync((await Stream.HearAsync(1))[0]);
    }

    /// <summary>Up to where the manager is asked, at the unix socket.</summary>
    public async Task AskAsync()
    {
        Assert.Equal([1], await HearTypesAsync());
        await Stream.SayAsync([1]);
    }

    /// <summary>VeNCrypt up to TLS, over TCP.</summary>
    public async Task EncryptAsync(SslProtocols protocols = SslProtocols.None)
    {
        Assert.Equal([19], await HearTypesAsync());
        await Stream.SayAsync([19]);
        Assert.Equal([0, 2], await Stream.HearAsync(2));
        await Stream.SayAsync([0, 2]);
        Assert.Equal([0, 1, 0, 0, 1, 6], await Stream.HearAsync(6));
        await Stream.SayAsync([0, 0, 1, 6]);
        Assert.Equal([1], await Stream.HearAsync(1));
        var tls = new SslStream(Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate!.Subject == "CN=seat");
        Stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "seat", EnabledSslProtocols = protocols }, TestContext.Current.CancellationToken);
    }

    public async Task GivePasswordAsync(string user, string password)
    {
        byte[] name = Encoding.UTF8.GetBytes(user), secret = Encoding.UTF8.GetBytes(password);
        var message = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(message, name.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), secret.Length);
        await Stream.SayAsync([.. message, .. name, .. secret]);
    }

    /// <summary>SecurityResult, where it says no; why.</summary>
    public async Task<string> HearNoAsync()
    {
        Assert.Equal([0, 0, 0, 1], await Stream.HearAsync(4));
        var reason = await Stream.HearReasonAsync();
        await Stream.HearEndAsync();
        return reason;
    }

    /// <summary>SecurityResult, where it says yes, and what follows: the guest's name.</summary>
    public async Task<string> ComeInAsync()
    {
        Assert.Equal([0, 0, 0, 0], await Stream.HearAsync(4));
        // This one wants the guest for itself.
        await Stream.SayAsync([0]);
        var init = await Stream.HearAsync(24);
        var name = Encoding.ASCII.GetString(await Stream.HearAsync(init[23]));
        Assert.Equal(Qemu.Init(name)[..24], init);
        return name;
    }

    public void Dispose() => Stream.Dispose();
}
