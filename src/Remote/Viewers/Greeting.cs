using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>
/// The server's side of RFB 3.8, up to where somebody has shown that they may come in; what says so to them (SecurityResult) comes later. Whoever
/// may not is told, and then it throws.
/// </summary>
internal sealed class Greeting(DoorLimits limits, PasswordCheck passwords)
{
    private const uint X509Plain = 262;
    private const int LongestWord = 1024;
    private static readonly byte[] NoTypes = [0], NoType = [0, 0, 0, 0];

    /// <summary>At the unix socket the kernel says who it is.</summary>
    public async Task AtSocketAsync(Stream stream, PeerCredentials peer, DoorSettings settings, CancellationToken end)
    {
        var mayComeIn = peer.Uid == 0 || settings.Users.Contains(peer.Uid);
        using var deadline = new Deadline(mayComeIn ? limits.Handshake : limits.Stranger, "it did not say how it comes in", end);
        await deadline.KeepAsync(async cancellation =>
        {
            await AgreeOnVersionAsync(stream, cancellation);
            if (!mayComeIn)
            {
                await stream.RefuseAsync(NoTypes, $"You, user {peer.Uid}, may not see seat '{settings.Seat}': root may, and the seat's 'owner' in seats.toml.", cancellation);
                throw new RfbException("that user may not see this seat");
            }

            await ChooseTypeAsync(stream, Rfb.None, cancellation);
        });
    }

    /// <summary>Over the network: nothing but TLS, and a name and a password within it.</summary>
    /// <returns>What all further goes through.</returns>
    public async Task<SslStream> OverTcpAsync(Stream stream, DoorSettings settings, CancellationToken end)
    {
        SslStream tls;
        using (var deadline = new Deadline(limits.Handshake, "it did not come as far as TLS", end))
        {
            tls = await deadline.KeepAsync(async cancellation =>
            {
                await AgreeOnVersionAsync(stream, cancellation);
                if (settings.Password is null)
                {
                    await stream.RefuseAsync(NoTypes, $"Seat '{settings.Seat}' takes nobody over the network: it has no password yet.", cancellation);
                    throw new RfbException("the seat has no password, so nobody comes in over the network");
                }

                await ChooseTypeAsync(stream, Rfb.VeNCrypt, cancellation);
                await ChooseSubtypeAsync(stream, cancellation);
                return await EncryptAsync(stream, settings.Certificate!, cancellation);
            });
        }

        try
        {
            using var typing = new Deadline(limits.Typing, "it gave no name and password", end);
            await typing.KeepAsync(cancellation => AskPasswordAsync(tls, settings, cancellation));
            return tls;
        }
        catch
        {
            await tls.LeaveAsync(limits.Leaving);
            throw;
        }
    }

    private static async Task AgreeOnVersionAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(Rfb.Version, cancellation);
        var theirs = await stream.ReadBytesAsync(Rfb.VersionLength, cancellation);
        if (theirs.AsSpan().SequenceEqual(Rfb.Version.Span))
            return;
        if (theirs is not [(byte)'R', (byte)'F', (byte)'B', (byte)' ', _, _, _, (byte)'.', _, _, _, (byte)'\n']
            || !int.TryParse(theirs.AsSpan(4, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(theirs.AsSpan(8, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            throw new RfbException("it speaks another protocol than RFB");
        // Before 3.7 a server chose, in four bytes; since then it offers, and offers nothing.
        await stream.RefuseAsync((major, minor).CompareTo((3, 7)) < 0 ? NoType : NoTypes, "This seat speaks RFB 3.8 alone: use a newer viewer.", cancellation);
        throw new RfbException($"it speaks RFB {major}.{minor}, and 3.8 alone is spoken here");
    }

    private static async Task ChooseTypeAsync(Stream stream, byte only, CancellationToken cancellation)
    {
        await stream.WriteAsync((byte[])[1, only], cancellation);
        var chosen = await stream.ReadByteAsync(cancellation);
        if (chosen == only)
            return;
        await stream.TurnAwayAsync("That security type was not offered.", cancellation);
        throw new RfbException($"it chose security type {chosen}, which was not offered");
    }

    /// <summary>VeNCrypt 0.2: versions, the subtypes, and the one that the viewer chooses.</summary>
    private static async Task ChooseSubtypeAsync(Stream stream, CancellationToken cancellation)
    {
        const byte Good = 0, Bad = 255, Accepted = 1, Refused = 0;
        await stream.WriteAsync((byte[])[0, 2], cancellation);
        if (await stream.ReadBytesAsync(2, cancellation) is not [0, 2] and var version)
        {
            await stream.WriteAsync((byte[])[Bad], cancellation);
            throw new RfbException($"it speaks VeNCrypt {version[0]}.{version[1]}, and 0.2 alone is spoken here");
        }

        var offer = new byte[] { Good, 1, 0, 0, 0, 0 };
        BinaryPrimitives.WriteUInt32BigEndian(offer.AsSpan(2), X509Plain);
        await stream.WriteAsync(offer, cancellation);
        var chosen = await stream.ReadNumberAsync(cancellation);
        await stream.WriteAsync((byte[])[chosen == X509Plain ? Accepted : Refused], cancellation);
        if (chosen != X509Plain)
            throw new RfbException($"it chose VeNCrypt's subtype {chosen}, which was not offered");
    }

    private static async Task<SslStream> EncryptAsync(Stream stream, SslStreamCertificateContext certificate, CancellationToken cancellation)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ClientCertificateRequired = false,
                },
                cancellation);
            return tls;
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync();
            if (exception is AuthenticationException)
                throw new RfbException($"TLS could not be agreed on: {exception.InnerException?.Message ?? exception.Message}");
            throw;
        }
    }

    private async Task AskPasswordAsync(SslStream tls, DoorSettings settings, CancellationToken cancellation)
    {
        uint userLength = await tls.ReadNumberAsync(cancellation), passwordLength = await tls.ReadNumberAsync(cancellation);
        if (userLength > LongestWord || passwordLength > LongestWord)
        {
            await tls.TurnAwayAsync("That name or password is too long.", cancellation);
            throw new RfbException("it gave a name or a password that is too long");
        }

        var user = await tls.ReadBytesAsync((int)userLength, cancellation);
        var password = await tls.ReadBytesAsync((int)passwordLength, cancellation);
        Verdict verdict;
        try
        {
            verdict = await passwords.JudgeAsync(settings.User, settings.Password!, user, password, cancellation);
        }
        catch (FormatException exception)
        {
            await tls.TurnAwayAsync($"What is kept of the password of seat '{settings.Seat}' cannot be read: it has to be set anew.", cancellation);
            throw new RfbException($"what is kept of the seat's password cannot be read, set it anew: {exception.Message}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }

        switch (verdict)
        {
            case Verdict.Wrong:
                await tls.TurnAwayAsync("The name or the password is wrong.", cancellation);
                throw new RfbException("the name or the password was wrong");
            case Verdict.TooMany:
                await tls.TurnAwayAsync("Too many wrong passwords were given: try again in a minute.", cancellation);
                throw new RfbException("its password was not looked at, as too many wrong ones were given");
        }
    }
}
