using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Phyllome.Seats.SeatManager.Remote;

/// <summary>The certificate by which a door is known to viewers over TCP.</summary>
/// <param name="Pem">With its key, and those that a file has beside it.</param>
/// <param name="Fingerprint">SHA-256 of all of it, as most programs show it: <c>AB:CD:…</c>.</param>
/// <param name="Pin">SHA-256 of its public key (RFC 7469), as TigerVNC shows it, in base 64.</param>
internal sealed record DoorCertificate(string Pem, string Fingerprint, string Pin)
{
    /// <summary>Without the key, for wherever it is printed.</summary>
    public override string ToString() => Fingerprint;
}

/// <summary>Reads a seat's certificate, and makes the one of those that have none, once.</summary>
/// <param name="directory">Where that one is kept.</param>
/// <param name="host">Whose certificate it is, by its subject.</param>
internal sealed class DoorCertificates(string directory, string host)
{
    private readonly Lock _gate = new();

    /// <summary>Viewers know it by its fingerprint: another one each year would teach them to take any.</summary>
    private const int Years = 10;

    private string Own => Path.Combine(directory, "remote.pem");

    /// <param name="file">What the configuration names; null for the one that is made.</param>
    /// <exception cref="IOException">What could not be done, to what, why, and what to do.</exception>
    public DoorCertificate Load(string? file)
    {
        lock (_gate)
        {
            if (file is null && !File.Exists(Own))
                Make();
            var path = file ?? Own;
            try
            {
                var pem = File.ReadAllText(path);
                using var certificate = X509Certificate2.CreateFromPem(pem, pem);
                return new(pem, Fingerprint(certificate), Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"the certificate {path} could not be read: {failure.Message} The user phyllome-seats has to be able to read it.", failure);
            }
            catch (CryptographicException failure)
            {
                throw new IOException(
                    $"{path} is no certificate with its key in PEM: {failure.Message} {(file is null ? "Remove it, and another one is made." : "Both have to stand in it, the key without a password.")}", failure);
            }
        }
    }

    private static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(value => value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private void Make()
    {
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var name = new X500DistinguishedNameBuilder();
            name.AddCommonName(host);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256)
            {
                CertificateExtensions =
                {
                    new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true),
                    new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true),
                    names.Build(),
                },
            };
            // A PC's clock may be wrong by a day before it has heard of the right time.
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(Years));
            var fresh = Own + ".new";
            using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            using (var writer = new StreamWriter(file))
            {
                writer.WriteLine(certificate.ExportCertificatePem());
                writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
                writer.Flush();
                // Renamed before it is on the disk, a power cut could leave an empty file under the good name.
                file.Flush(flushToDisk: true);
            }
            File.Move(fresh, Own, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new IOException($"no certificate could be made in {Own}: {failure.Message} Name one in 'certificate' of the seat's 'remote'.", failure);
        }
    }
}
