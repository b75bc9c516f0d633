using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class SeatUsbShould
{
    private static readonly SeatOverlay Overlay = new("left", "/dev/input/event7", "/dev/input/event8", [])
    {
        Usb = [new("1-2.3", 1, 7), new("2-10.1.4", 2, 130)],
    };

    private static readonly string Stored = Fixture.Read("headless.xml").Replace("model='none'", "model='qemu-xhci'", StringComparison.Ordinal);

    [Fact]
    public void Give_each_device_under_its_port_and_be_read_back_from_the_running_definition()
    {
        var seated = VmBridge.Overlay.Apply(Stored, Overlay);
        var first = XElement.Parse(seated).Element("devices")!.Elements("hostdev").First();
        Assert.Equal("ua-phyllome-port-1-2_3", first.Element("alias")!.Attribute("name")!.Value);
        Assert.Equal("optional", first.Element("source")!.Attribute("startupPolicy")!.Value);
        Assert.Equal(Overlay.Usb, RunningDefinition.Parse(seated).Usb);
    }

    [Fact]
    public void Be_accepted_by_libvirts_schema_wherever_USB_is() =>
        Assert.All(Definitions.Names.Where(name => Definitions.SchemaFault(Fixture.Read(name)) is null), name =>
            Assert.Null(Definitions.SchemaFault(VmBridge.Overlay.Apply(Fixture.Read(name), Overlay))));

    [Fact]
    public void Give_nothing_to_a_machine_whose_owner_forbids_USB_and_nothing_twice()
    {
        Assert.Empty(RunningDefinition.Parse(VmBridge.Overlay.Apply(Fixture.Read("headless.xml"), Overlay)).Usb);
        var owners = Stored.Replace("<devices>", "<devices><hostdev mode='subsystem' type='usb'><source><address bus='1' device='7'/></source></hostdev>", StringComparison.Ordinal);
        Assert.Equal([new PassedUsb("2-10.1.4", 2, 130)], RunningDefinition.Parse(VmBridge.Overlay.Apply(owners, Overlay)).Usb);
    }
}
