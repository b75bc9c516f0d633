using System.Globalization;

namespace Phyllome.Seats.Remote;

/// <summary>Whether what somebody gives to be kept of a password is what <see cref="RemotePassword.Keep"/> writes: nothing of it is computed for strangers.</summary>
public static class RemotePasswordForm
{
    /// <summary>Fewer rounds are a password that is soon guessed, and with many more each viewer would wait.</summary>
    private const int Fewest = 100_000, Most = 10_000_000;

    /// <summary>Of no password that anybody knows.</summary>
    public static string OfNone { get; } = $"{Fewest}${Convert.ToBase64String(new byte[16])}${Convert.ToBase64String(new byte[32])}";

    public static bool IsKept(string kept)
    {
        ArgumentNullException.ThrowIfNull(kept);
        return kept.Split('$') is [var rounds, var salt, var hash]
            && int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= Fewest and <= Most && Bytes(salt) == 16 && Bytes(hash) == 32;
    }

    private static int? Bytes(string base64)
    {
        var bytes = new byte[64];
        return base64.Length <= 64 && Convert.TryFromBase64String(base64, bytes, out var count) ? count : null;
    }
}
