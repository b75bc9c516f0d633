using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>The door as a process of its own, with OpenSSL's configuration that it is shipped with: within a process that can't be changed any more.</summary>
public sealed class TicketTests : IDisposable
{
    /// <summary>Listens, and starts the program for a connection, as the service manager does.</summary>
    private const string Program = "/usr/bin/systemd-socket-activate";

    private readonly string _folder = Directory.CreateTempSubdirectory("tickets").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Between_the_handshake_of_TLS_and_the_answer_to_the_password_nothing_should_come_so_that_no_viewer_reads_both_at_once()
    {
        Assert.SkipUnless(File.Exists(Program), "systemd-socket-activate is not installed here (package systemd)");
        using var activation = Process.Start(new ProcessStartInfo(
            Program,
            ["--seqpacket", "--accept", "--inetd", $"--listen={_folder}/door", $"--setenv=OPENSSL_CONF={Shipped()}", "--", Environment.ProcessPath!, typeof(SeatDoor).Assembly.Location])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            // It says so once it listens.
            var line = await activation.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Talk.Patience, TestContext.Current.CancellationToken);
            Assert.StartsWith("Listening on", line, StringComparison.Ordinal);
            _ = activation.StandardError.ReadToEndAsync(CancellationToken.None);
            using var manager = SeqPacketSocket.Connect($"{_folder}/door");
            using var socket = StreamListener.Listen($"{_folder}/left");
            var address = DoorFixture.FreeAddress();
            manager.Send(JsonSerializer.SerializeToUtf8Bytes(
                new OpenDoor("left", address.ToString(), [], "anna", DoorFixture.Kept("secret"), DoorFixture.Certificate, ViewOnly: false), RemoteJson.Default.RemoteOrder), socket);
            var packet = new byte[SeqPacketSocket.LargestPacket];
            var opened = JsonSerializer.Deserialize(packet.AsSpan(0, manager.Receive(packet, Talk.Patience, out _)), RemoteJson.Default.RemoteNotice);
            Assert.Equal(new DoorOpened("left"), opened);

            using var tcp = new TcpClient();
            await tcp.ConnectAsync(address, TestContext.Current.CancellationToken);
            using var counting = new CountingStream(tcp.GetStream());
            using var viewer = TestViewer.At(counting);
            await viewer.EncryptAsync();
            Assert.Equal(System.Security.Authentication.SslProtocols.Tls13, ((SslStream)viewer.Stream).SslProtocol);
            var before = counting.Count;
            await viewer.GivePasswordAsync("anna", "other");
            Assert.Equal("The name or the password is wrong.", await viewer.HearNoAsync());
            // One record for the answer, and one for the end: five bytes before each, its kind and sixteen to check it behind.
            Assert.Equal(4 + 4 + "The name or the password is wrong.".Length + 22 + 2 + 22, counting.Count - before);
        }
        finally
        {
            activation.Kill(entireProcessTree: true);
        }
    }

    private static string Shipped()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "packaging/openssl/phyllome-remote.cnf") is var file && File.Exists(file))
                return file;
        }

        throw new InvalidOperationException("packaging/openssl/phyllome-remote.cnf is not in a folder above the tests");
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        /// <summary>How many bytes have come.</summary>
        public int Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Count += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);
    }
}
