using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Phyllome.Seats.Remote;

/// <summary>A certificate with its key and those above it, out of PEM text.</summary>
internal static class DoorCertificate
{
    /// <summary>The first certificate is the server's own; the key may stand anywhere beside it, without a password.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static SslStreamCertificateContext Read(string pem)
    {
        X509Certificate2 own;
        X509Certificate2Collection all = [];
        try
        {
            own = X509Certificate2.CreateFromPem(pem, pem);
            all.ImportFromPem(pem);
        }
        catch (ArgumentException exception)
        {
            // A key of another kind than the certificate's.
            throw new CryptographicException(exception.Message, exception);
        }

        // Offline: no process of ours asks the network who has signed a certificate.
        return SslStreamCertificateContext.Create(own, all, offline: true);
    }
}
