using System.Xml.Linq;

namespace Phyllome.Seats.VmBridge;

/// <summary>Names that a running definition carries for us.</summary>
internal static class DomainXmlNames
{
    /// <summary>libvirt leaves aliases alone that begin with <c>ua-</c>, and tells device events by them.</summary>
    internal const string OurAlias = "ua-phyllome-";
    internal const string KeyboardAlias = OurAlias + "keyboard";
    internal const string PointerAlias = OurAlias + "pointer";

    /// <summary>What the aliases of clones begin with; what each is a clone of comes after.</summary>
    internal const string CloneAlias = OurAlias + "clone-";

    /// <summary>The USB keyboard and mouse that evdev inputs type on and move.</summary>
    internal const string UsbKeyboardAlias = OurAlias + "usb-keyboard";
    internal const string UsbMouseAlias = OurAlias + "usb-mouse";

    /// <summary>Begins the alias of a seat's USB device; its port follows, with _ for the dots, which aliases cannot have.</summary>
    internal const string UsbPortAlias = OurAlias + "port-";

    internal const string SeatUri = "https://phyllome.org/xmlns/seat/1";
    internal const string SeatPrefix = "phyllome";
    internal static readonly XName Seat = XName.Get("seat", SeatUri);

    /// <summary>Of the mark of a clone that is to be discarded with its seat's use of it. Of its own, since libvirt replaces metadata by their URI.</summary>
    internal static readonly XName Throwaway = XName.Get("throwaway", "https://phyllome.org/xmlns/clone/1");

    internal const string LibosinfoUri = "http://libosinfo.org/xmlns/libvirt/domain/1.0";
    internal const string QemuUri = "http://libvirt.org/schemas/domain/qemu/1.0";
}
