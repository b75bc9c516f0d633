using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Phyllome.Seats.SeatManager.Remote;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Remote;

public sealed class DoorCertificatesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private DoorCertificates Certificates => new(_scratch.Path, "pc.example");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void One_should_be_made_once_for_ten_years_for_its_owner_alone()
    {
        var made = Certificates.Load(null);
        Assert.Equal(made, Certificates.Load(null));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_scratch["remote.pem"]));
        Assert.Equal([_scratch["remote.pem"]], Directory.GetFiles(_scratch.Path));

        using var certificate = X509Certificate2.CreateFromPem(made.Pem, made.Pem);
        Assert.Equal("CN=pc.example", certificate.Subject);
        Assert.InRange(certificate.NotAfter, DateTime.Now.AddYears(10).AddDays(-2), DateTime.Now.AddYears(10).AddDays(1));
        Assert.InRange(certificate.NotBefore, DateTime.MinValue, DateTime.Now);
        Assert.True(certificate.HasPrivateKey);
        // The object identifier of P-256, 1.2.840.10045.3.1.7.
        Assert.Equal("06082A8648CE3D030107", Convert.ToHexString(certificate.PublicKey.EncodedParameters!.RawData));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(certificate.RawData)), made.Fingerprint.Replace(":", "", StringComparison.Ordinal));
        using var key = certificate.GetECDsaPublicKey()!;
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), made.Pin);
        Assert.DoesNotContain("PRIVATE", made.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_named_should_be_read_and_nothing_be_made()
    {
        var own = new DoorCertificates(Directory.CreateDirectory(_scratch["other"]).FullName, "b").Load(null);
        Assert.Equal(own, Certificates.Load(Path.Combine(_scratch["other"], "remote.pem")));
        Assert.False(File.Exists(_scratch["remote.pem"]));
    }

    [Fact]
    public void What_is_wrong_with_a_file_should_be_a_sentence()
    {
        Assert.EndsWith("The user phyllome-seats has to be able to read it.", Assert.Throws<IOException>(() => Certificates.Load(_scratch["missing.pem"])).Message, StringComparison.Ordinal);
        var own = Certificates.Load(null).Pem;
        File.WriteAllText(_scratch["keyless.pem"], own[..own.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)]);
        var sentence = Assert.Throws<IOException>(() => Certificates.Load(_scratch["keyless.pem"])).Message;
        Assert.StartsWith($"{_scratch["keyless.pem"]} is no certificate with its key in PEM: ", sentence, StringComparison.Ordinal);
        Assert.EndsWith("Both have to stand in it, the key without a password.", sentence, StringComparison.Ordinal);
        File.WriteAllText(_scratch["remote.pem"], "nothing");
        Assert.EndsWith("Remove it, and another one is made.", Assert.Throws<IOException>(() => Certificates.Load(null)).Message, StringComparison.Ordinal);
    }
}
