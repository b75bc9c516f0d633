using System.Security.Cryptography;
using System.Text;

namespace Phyllome.Seats.SeatManager.Remote;

/// <summary>What a seat's door is called: by the service manager, which takes any letter but <c>:</c>, and in the folder of the sockets.</summary>
internal static class DoorName
{
    private const string Prefix = "door@";

    /// <summary>The path of a unix socket has 107 bytes at most (sockaddr_un), and a seat's name may have 250.</summary>
    private const int LongestFile = 60, Kept = 43;

    /// <summary>Under which the service manager keeps the connection: a card's begins with <c>card</c>.</summary>
    public static string Stored(string seat) => Prefix + seat;

    /// <summary>Null for the name of something else.</summary>
    public static string? SeatOf(string stored) => stored.StartsWith(Prefix, StringComparison.Ordinal) ? stored[Prefix.Length..] : null;

    /// <summary>The file of its socket: the seat's name, whose letters are all good for one; of a long one its beginning, and what tells it from others.</summary>
    public static string FileOf(string seat) => seat.Length <= LongestFile ? seat
        : $"{seat[..Kept]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seat)))[..(LongestFile - Kept - 1)]}";
}
