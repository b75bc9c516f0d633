namespace Phyllome.Seats.VmBridge;

/// <summary>Names that guests are made with: they go into paths and onto command lines.</summary>
internal static class GuestName
{
    private const int Longest = 100;

    /// <summary>A sentence's end; null where the name will do.</summary>
    internal static string? Fault(string name) =>
        name.Length is 0 or > Longest || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') || name[0] is '.' or '-'
            ? "a name has letters, digits, -, _ and dots."
            : null;
}
