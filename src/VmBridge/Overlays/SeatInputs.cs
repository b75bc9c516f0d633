using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// How a guest gets its keyboard and its pointer. The keyboard is always an <c>evdev</c> input, which types on the machine's PS/2 keyboard
/// that firmware, boot menus and installers know, or on a USB one. The pointer is a virtio device of its own, or an <c>evdev</c> input that
/// moves a USB or the PS/2 mouse.
/// </summary>
internal sealed record SeatInputs(InputBus Keyboard, InputBus Pointer)
{
    /// <summary>Root ports that stay free for hot-plug: a pointer that is taken out and put back needs one, a second one is slack.</summary>
    private const int SparePorts = 2;

    /// <summary>How many root ports should be free for it, spare ones included.</summary>
    internal int Ports => SparePorts + (Pointer == InputBus.Virtio ? 1 : 0);

    /// <summary>Whether the guest is known to have the driver that a clone needs, which is the virtio pointer's.</summary>
    internal bool TakesClones => Pointer == InputBus.Virtio;

    /// <summary>virtio where the guest is known to have the driver, else what every system and firmware knows.</summary>
    internal static SeatInputs Choose(XElement domain, GuestProfile profile, InputBus? configured)
    {
        var pointer = configured ?? (profile == GuestProfile.Linux ? InputBus.Virtio : InputBus.Usb);
        var keyboard = configured switch
        {
            null => profile == GuestProfile.MacOS ? InputBus.Usb : InputBus.Ps2,
            InputBus.Virtio => InputBus.Ps2,
            { } bus => bus,
        };
        if (pointer == InputBus.Virtio && !HasPci(domain))
            pointer = InputBus.Usb;
        return HasUsb(domain) ? new(keyboard, pointer) : new(InputBus.Ps2, pointer == InputBus.Usb ? InputBus.Ps2 : pointer);
    }

    internal void Apply(DomainEdit edit, string keyboard, string pointer)
    {
        if (Keyboard == InputBus.Usb && !HasUsbInput(edit.Devices, "keyboard"))
            edit.Add(edit.Devices, UsbKeyboard(), "the keyboard that the system knows; it has no driver for PS/2");
        edit.Add(edit.Devices, KeyboardOf(keyboard), "the seat's keyboard");
        if (Pointer != InputBus.Virtio)
        {
            // QEMU gives buttons to the input that came last of those that have any (qemu_input_find_handler): a tablet would take the
            // clicks of a mouse, and say its own position with each.
            foreach (var tablet in edit.Devices.Elements("input").Where(input => input.Attribute("type")?.Value == "tablet").ToList())
                edit.Remove(tablet, "it would take the clicks of the seat's mouse, and jump");
        }
        if (Pointer == InputBus.Usb && !HasUsbInput(edit.Devices, "mouse"))
            edit.Add(edit.Devices, UsbMouse(), "a mouse that every system and firmware knows");
        edit.Add(edit.Devices, PointerOf(pointer), "the seat's pointer");
    }

    /// <summary>
    /// PS/2 leaves repeating a held key to the keyboard (atkbd sets its own rep[], so the input core of a Linux guest does not repeat
    /// either), and QEMU's repeats only what it is sent: with repeat='on' the repeats of a sink that has EV_REP pass, without EV_REP there
    /// are none and it changes nothing. grabToggle names a key that no sink can send; QEMU's default, both Ctrl keys, is the home chord.
    /// </summary>
    internal static XElement KeyboardOf(string node) =>
        new("input", new XAttribute("type", "evdev"),
            new XElement("source", new XAttribute("dev", node), new XAttribute("grab", "all"),
                new XAttribute("grabToggle", "scrolllock"), new XAttribute("repeat", "on")),
            new XElement("alias", new XAttribute("name", DomainXmlNames.KeyboardAlias)));

    internal XElement PointerOf(string node) => Pointer == InputBus.Virtio
        ? Passed(node, DomainXmlNames.PointerAlias)
        : new("input", new XAttribute("type", "evdev"),
            new XElement("source", new XAttribute("dev", node)),
            new XElement("alias", new XAttribute("name", DomainXmlNames.PointerAlias)));

    internal static XElement CloneOf(CloneInput clone) => Passed(clone.Node, DomainXmlNames.CloneAlias + clone.CloneOf);

    internal static XElement UsbKeyboard() => UsbInput("keyboard", DomainXmlNames.UsbKeyboardAlias);

    internal static XElement UsbMouse() => UsbInput("mouse", DomainXmlNames.UsbMouseAlias);

    internal static bool HasUsbInput(XElement devices, string type) =>
        devices.Elements("input").Any(input => input.Attribute("type")?.Value == type && input.Attribute("bus")?.Value == "usb");

    private static XElement UsbInput(string type, string alias) =>
        new("input", new XAttribute("type", type), new XAttribute("bus", "usb"), new XElement("alias", new XAttribute("name", alias)));

    private static XElement Passed(string node, string alias) =>
        new("input", new XAttribute("type", "passthrough"), new XAttribute("bus", "virtio"),
            new XElement("source", new XAttribute("evdev", node)), new XElement("alias", new XAttribute("name", alias)));

    private static bool HasPci(XElement domain) =>
        domain.Element("os")?.Element("type")?.Attribute("machine")?.Value is not ("microvm" or "isapc");

    /// <summary>libvirt gives a machine USB unless the definition forbids it.</summary>
    private static bool HasUsb(XElement domain) =>
        domain.Element("devices")!.Elements("controller")
            .All(controller => controller.Attribute("type")?.Value != "usb" || controller.Attribute("model")?.Value != "none");
}
