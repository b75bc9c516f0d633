using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.SeatManager.Observing;

namespace Phyllome.Seats.SeatManager.Devices;

/// <summary>The input devices of this machine, by udev.</summary>
internal sealed class UdevDevices : ISight<DevicesObserved>
{
    public IDisposable Watch(Action changed, Action<Exception> failed) => new UdevWatch(_ => changed(), failed, "input", "usb", "hidraw");

    public DevicesObserved Look(DevicesObserved? before) => new(DeviceReader.Read(UdevEnumeration.Read("input", "usb", "hidraw")));
}
