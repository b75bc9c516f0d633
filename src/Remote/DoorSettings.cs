using System.Net.Security;

namespace Phyllome.Seats.Remote;

/// <summary>What counts for whoever comes in from now on.</summary>
/// <param name="Password">As <see cref="RemotePassword"/> keeps it.</param>
/// <param name="Certificate">Null where it does not listen over TCP.</param>
internal sealed record DoorSettings(string Seat, ValueList<uint> Users, string User, string? Password, SslStreamCertificateContext? Certificate);
