using Phyllome.Seats.Linux.Udev;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Udev;

/// <summary>What holds on every machine, with udevd or without; real devices come and go in the virtual PC.</summary>
public sealed class UdevTests
{
    [Fact]
    public void Reading_a_subsystem_that_is_not_there_should_give_nothing() => Assert.Empty(UdevEnumeration.Read("no-such-subsystem"));

    [Fact]
    public void Every_record_should_be_of_a_subsystem_that_was_asked_for_and_come_once()
    {
        var records = UdevEnumeration.Read("mem", "tty", "input", "usb");
        Assert.All(records, record => Assert.Contains(record.Subsystem, (string[])["mem", "tty", "input", "usb"]));
        Assert.All(records, record => Assert.Equal(record.SysPath, $"/sys{record.Property("DEVPATH")}"));
        Assert.Equal(records.Count, records.Select(record => record.SysPath).Distinct().Count());
    }

    [Fact]
    public void A_watch_should_open_and_end_with_no_event()
    {
        var told = 0;
        using (new UdevWatch(_ => told++, _ => told++, "input", "usb"))
        {
        }

        Assert.Equal(0, told);
    }
}
