using System.Globalization;
using System.Security.Cryptography;

namespace Phyllome.Seats.Remote;

/// <summary>What is kept of a password, and whether another one is the same: PBKDF2 with SHA-256 (RFC 8018), <c>rounds$salt$hash</c>, both in base 64.</summary>
public static class RemotePassword
{
    private const int Rounds = 600_000, SaltBytes = 16, HashBytes = 32;

    public static string Keep(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Hash(password, salt, Rounds))}");
    }

    /// <summary>Takes as long for a wrong one as for the right one.</summary>
    /// <exception cref="FormatException">What is kept was not written by <see cref="Keep"/>.</exception>
    public static bool IsSame(string kept, string password)
    {
        ArgumentNullException.ThrowIfNull(kept);
        if (kept.Split('$') is not [var rounds, var salt, var hash] || !int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            throw new FormatException("What is kept of the password has another form.");
        return CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(hash), Hash(password, Convert.FromBase64String(salt), count));
    }

    private static byte[] Hash(string password, byte[] salt, int rounds) => Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, HashBytes);
}
