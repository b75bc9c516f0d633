using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>The USB devices of guests that run.</summary>
public sealed partial class GuestHost
{
    /// <summary>Gives a USB device to a running guest; the host's drivers let it go. Nothing is done where the guest has it.</summary>
    public Task AttachUsbAsync(Guid guest, PassedUsb usb, CancellationToken cancellation = default) =>
        OnAsync(guest, $"give the USB device of port {usb.Port} to", CallDeadline, (_, domain) =>
        {
            if (!domain.IsActive)
                throw new GuestException($"Could not give the USB device of port {usb.Port} to guest '{domain.Name}': it is off. Start it.");
            if (!RunningDefinition.Parse(domain.GetXml(DomainXml.None)).Usb.Contains(usb))
                domain.AttachDevice(SeatUsb.HostDevice(usb).ToString(), DomainImpact.Live);
            return true;
        }, cancellation);

    /// <summary>
    /// Takes a USB device out of a running guest, be it that it was pulled; where it is plugged in still, the host's drivers get it. Nothing is
    /// done where the guest does not have it.
    /// </summary>
    public async Task DetachUsbAsync(Guid guest, PassedUsb usb, CancellationToken cancellation = default)
    {
        var has = await OnAsync(guest, "read the USB devices of", CallDeadline,
            (_, domain) => domain.IsActive && RunningDefinition.Parse(domain.GetXml(DomainXml.None)).Usb.Contains(usb), cancellation).ConfigureAwait(false);
        if (has)
            await DetachAsync(guest, $"USB device of port {usb.Port}", SeatUsb.AliasOf(usb.Port), cancellation).ConfigureAwait(false);
    }
}
