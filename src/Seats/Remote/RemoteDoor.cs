namespace Phyllome.Seats.Remote;

/// <summary>How the door of a seat's remote display is to be.</summary>
/// <param name="Listen">Where it listens over TCP; null: at its socket alone.</param>
/// <param name="User">The name that a viewer over TCP gives.</param>
public sealed record RemoteDoor(string Seat, string? Listen, string User, bool ViewOnly)
{
    /// <summary>Name of the user who may come in at the socket, beside root; null for none.</summary>
    public string? Owner { get; init; }

    /// <summary>What is kept of the password, as <see cref="RemotePassword"/> writes it; null where none was set.</summary>
    public string? Password { get; init; }

    /// <summary>The file of the certificate and its key; null for the one that is made, and where it does not listen.</summary>
    public string? Certificate { get; init; }

    /// <summary>Without the password, for wherever it is printed.</summary>
    public override string ToString() => $"the door of seat {Seat}";
}

/// <summary>A door that is there.</summary>
/// <param name="As">What it was told to be; null where a manager before this one told it.</param>
/// <param name="Socket">The path of its socket.</param>
/// <param name="Viewers">Who sees a guest, in the order in which they came.</param>
public sealed record OpenedDoor(string Seat, RemoteDoor? As, string Socket, ValueList<ViewerCame> Viewers)
{
    /// <summary>Of its certificate: SHA-256; null where it does not listen over TCP.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>SHA-256 of its public key, in base 64.</summary>
    public string? Pin { get; init; }
}
