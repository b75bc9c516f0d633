using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>A door that runs, and the manager's end of its connection.</summary>
internal sealed class DoorFixture : IDisposable
{
    private static int _lastAddress;
    private readonly string _folder = Directory.CreateTempSubdirectory("door").FullName;

    // Closing it removes its file.
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private SeqPacketSocket _manager;
    private readonly SeatDoor _door;
    private readonly Thread _thread;
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];

    public DoorFixture(DoorLimits? limits = null)
    {
        var (manager, theirs) = SeqPacketSocket.Pair();
        Me = manager.Peer.Uid;
        (_manager, _door) = (manager, new(theirs, limits ?? new()));
        _thread = new(() =>
        {
            _door.Run();
            _door.Dispose();
        });
        _thread.Start();
    }

    /// <summary>Whoever runs this.</summary>
    public uint Me { get; }

    public EndPoint Socket => new UnixDomainSocketEndPoint(Path.Combine(_folder, "left.vnc"));

    /// <summary>Self-signed, as PEM, with its key.</summary>
    public static string Certificate { get; } = MakeCertificate();

    /// <summary>As <see cref="Certificate"/>, made as the manager makes one, for viewers that look at whose it is.</summary>
    public static string CertificateOf(IPAddress address) => MakeCertificate(address);

    /// <summary>Of one round, so that tests do not wait for it.</summary>
    public static string Kept(string password)
    {
        byte[] salt = [1, 2, 3];
        return $"1${Convert.ToBase64String(salt)}${Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, 32))}";
    }

    /// <summary>An address that nobody else listens at: this PC has sixteen million, and each process takes others.</summary>
    public static IPEndPoint FreeAddress() =>
        new(new IPAddress([127, (byte)(Environment.ProcessId >> 8 & 0x7f | 0x80), (byte)Environment.ProcessId, (byte)Interlocked.Increment(ref _lastAddress)]), 25901);

    public OpenDoor Order(IPEndPoint? listen = null, bool viewOnly = false) =>
        new("left", listen?.ToString(), [Me], "anna", listen is null ? null : Kept("secret"), listen is null ? null : Certificate, viewOnly);

    public void Open(OpenDoor order)
    {
        _listener.Bind(Socket);
        _listener.Listen(64);
        Tell(order, _listener.SafeHandle);
        Assert.Equal(new DoorOpened("left"), Hear());
    }

    public void Tell(RemoteOrder order, System.Runtime.InteropServices.SafeHandle? passed = null) =>
        _manager.Send(JsonSerializer.SerializeToUtf8Bytes(order, RemoteJson.Default.RemoteOrder), passed);

    public void TellText(string order) => _manager.Send(System.Text.Encoding.UTF8.GetBytes(order));

    /// <summary>The next that the door tells.</summary>
    public RemoteNotice Hear()
    {
        var length = _manager.Receive(_packet, Talk.Patience, out var passed);
        Assert.Null(passed);
        Assert.NotEqual(0, length);
        return JsonSerializer.Deserialize(_packet.AsSpan(0, length), RemoteJson.Default.RemoteNotice)!;
    }

    public T Hear<T>() where T : RemoteNotice => Assert.IsType<T>(Hear());

    /// <summary>Somebody at the socket, who sees a guest.</summary>
    public async Task<(TestViewer Viewer, int Number, Qemu Guest)> LetInAsync(string guest)
    {
        var viewer = await TestViewer.ConnectAsync(Socket);
        await viewer.AskAsync();
        var (number, qemu) = await AnswerAsync(viewer, $"user {Me}", guest);
        return (viewer, number, qemu);
    }

    /// <summary>Answers one who asks, and sees that they come in.</summary>
    public async Task<(int Number, Qemu Guest)> AnswerAsync(TestViewer viewer, string from, string guest)
    {
        var asks = Hear<ViewerAsks>();
        Assert.Equal(from, asks.From);
        var qemu = Qemu.Make();
        Tell(new LetIn(asks.Viewer, guest), qemu.Theirs);
        // Whatever the viewer says: others may see the guest too.
        Assert.Equal(1, await qemu.ShakeHandsAsync(guest));
        Assert.Equal(guest, await viewer.ComeInAsync());
        Assert.Equal(new ViewerCame(asks.Viewer, from, guest), Hear());
        return (asks.Viewer, qemu);
    }

    public void Stop() => _door.Stop();

    /// <summary>The manager is killed, and another one gets what was kept for it.</summary>
    public void Restart()
    {
        var kept = _manager.Descriptor.Duplicate();
        _manager.Dispose();
        _manager = SeqPacketSocket.FromDescriptor(kept);
    }

    /// <summary>The manager is gone, and what was kept for it.</summary>
    public void Close() => _manager.Dispose();

    /// <summary>The door has ended.</summary>
    public void HearEnd() => Assert.True(_thread.Join(Talk.Patience));

    public void Dispose()
    {
        _manager.Dispose();
        HearEnd();
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string MakeCertificate(IPAddress? address = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=seat", key, HashAlgorithmName.SHA256);
        if (address is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(address);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        }

        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
