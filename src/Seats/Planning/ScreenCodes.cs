using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Phyllome.Seats.Planning;

/// <summary>
/// The codes that screens show to be typed. Only who sees a screen can know its own: they follow from a secret, and are others as soon as
/// another keyboard is there. Pure.
/// </summary>
internal static class ScreenCodes
{
    /// <summary>Digits of a code; each is one of 2 to 9, which every keyboard has in the same place.</summary>
    public const int Length = 4;

    /// <param name="newest">Input number of the newest device that is there.</param>
    /// <returns>One for each connector, all different.</returns>
    public static IReadOnlyList<string> Of(string secret, int newest, IReadOnlyList<string> connectors)
    {
        var codes = new List<string>();
        foreach (var connector in connectors)
        {
            for (var attempt = 0; ; attempt++)
            {
                var code = Of(secret, string.Create(CultureInfo.InvariantCulture, $"{newest} {connector} {attempt}"));
                if (codes.Contains(code))
                    continue;
                codes.Add(code);
                break;
            }
        }

        return codes;
    }

    private static string Of(string secret, string what) => string.Concat(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(what)).Take(Length).Select(value => (char)('2' + (value % 8))));
}
