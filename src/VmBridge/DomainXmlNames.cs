using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>Names that a running definition carries for us.</summary>
internal static class DomainXmlNames
{
    /// <summary>libvirt leaves aliases alone that begin with <c>ua-</c>, and tells device events by them.</summary>
    internal const string KeyboardAlias = "ua-phyllome-keyboard";
    internal const string PointerAlias = "ua-phyllome-pointer";

    internal const string SeatUri = "https://phyllome.org/xmlns/seat/1";
    internal const string SeatPrefix = "phyllome";
    internal static readonly XName Seat = XName.Get("seat", SeatUri);
}
