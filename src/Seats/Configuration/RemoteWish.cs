using System.Text.Json.Serialization;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Configuration;

/// <summary>How a seat's display <c>remote</c> is reached, and what it is like.</summary>
public sealed record RemoteWish
{
    /// <summary>An address with its port, <c>0.0.0.0:5901</c> or <c>[::1]:5901</c>; null where it is reached at its socket alone.</summary>
    public string? Listen { get; init; }

    /// <summary>Of the guest's screen; null for the one that it has by itself.</summary>
    public ScreenSize? Size { get; init; }

    /// <summary>Whether viewers may look and neither type nor point.</summary>
    public bool ViewOnly { get; init; }

    /// <summary>The name that a viewer over TCP gives; null for that of the seat's owner, else of the seat.</summary>
    public string? User { get; init; }

    /// <summary>A PEM file with the certificate and its key; null for one that is made.</summary>
    public string? Certificate { get; init; }

    /// <summary>Where <see cref="Listen"/> stands.</summary>
    [JsonIgnore]
    public Place? ListenAt { get; init; }
}
