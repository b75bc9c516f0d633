namespace Phyllome.Seats.Scenarios;

/// <summary>A guest without KVM and with nothing to boot: that it is on is all that is asked of it.</summary>
static class EmulatedGuest
{
    /// <param name="devices">Further elements of <c>devices</c>.</param>
    public static string Xml(string name, string devices = "") => $"""
        <domain type='qemu'>
          <name>{name}</name>
          <memory unit='MiB'>64</memory>
          <vcpu>1</vcpu>
          <os><type arch='x86_64' machine='q35'>hvm</type></os>
          <devices>
            <controller type='usb' model='qemu-xhci'/>
            {devices}
            <video><model type='none'/></video>
            <memballoon model='none'/>
          </devices>
        </domain>
        """;
}
