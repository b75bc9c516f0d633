using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.SeatManager.Devices;
using Phyllome.Seats.SeatManager.Observing;

namespace Phyllome.Seats.SeatManager.Tests.Whole;

/// <summary>Devices as a file of tests/data/udev has them, plugged and pulled by the test.</summary>
internal sealed class FakeDevices : ISight<DevicesObserved>, IDisposable
{
    private readonly IReadOnlyList<UdevRecord> _machine;
    private volatile IReadOnlyList<UdevRecord> _records;
    private Action _changed = () => { };

    public FakeDevices(IReadOnlyList<UdevRecord> machine) => _records = _machine = machine;

    public void Pull(string syspath)
    {
        _records = [.. _records.Where(record => !record.SysPath.StartsWith(syspath, StringComparison.Ordinal))];
        _changed();
    }

    public void PlugAll()
    {
        _records = _machine;
        _changed();
    }

    public IDisposable Watch(Action changed, Action<Exception> failed)
    {
        _changed = changed;
        return this;
    }

    public DevicesObserved Look(DevicesObserved? before) => new(DeviceReader.Read(_records));

    public void Dispose()
    {
    }
}
