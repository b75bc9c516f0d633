using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A card of the host's that is card1, and one that no driver of the host has.</summary>
public sealed class CardsTests : IDisposable
{
    private const string Card = "0000:00:02.0", Bare = "0000:01:00.0";

    private readonly FakeMachine _machine = new();
    private readonly List<string> _opened = [];

    public CardsTests()
    {
        foreach (var address in new[] { Card, Bare })
        {
            _machine.Write($"sys/bus/pci/devices/{address}/class", "0x030000\n");
            _machine.Write($"sys/bus/pci/devices/{address}/vendor", "0x1234\n");
            _machine.Write($"sys/bus/pci/devices/{address}/device", "0x0001\n");
        }
        Directory.CreateDirectory(_machine.At($"sys/bus/pci/devices/{Card}/drm/card1/card1-DP-1"));
        Directory.CreateDirectory(_machine.At($"sys/bus/pci/devices/{Card}/drm/renderD128"));
        _machine.Link("sys/class/drm/card1", $"../../bus/pci/devices/{Card}/drm/card1");
        _machine.Link($"sys/bus/pci/devices/{Card}/drm/card1/device", $"../../../{Card}");
        _machine.Write("dev/dri/card1", "");
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_card_that_nobody_has_should_be_opened_by_its_address()
    {
        var (result, card) = Open(Card);
        using (card)
            Assert.Equal((0, $"opened card1, the gpu {Card}, and is its master"), (result.Errno, result.Sentence));
        Assert.Equal([Path.Combine(_machine.Machine.Dev, "dri", "card1")], _opened);
    }

    [Fact]
    public void One_that_a_desktop_has_open_should_be_left_to_it_be_it_on_another_terminal_now()
    {
        _machine.Write("proc/900/comm", "Xorg\n");
        _machine.Write("proc/900/cgroup", "0::/user.slice/user-1000.slice/session-2.scope\n");
        _machine.Link("proc/900/fd/9", "/dev/dri/card1");
        var failure = Assert.Throws<OperationException>(() => Open(Card));
        Assert.Equal(Errno.EBUSY, failure.Errno);
        Assert.StartsWith($"could not open the gpu {Card}: Xorg 900 of session-2.scope draws on it; ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_opened);
    }

    [Theory]
    [InlineData(Bare, Errno.ENODEV)]
    [InlineData("0000:09:00.0", Errno.ENODEV)]
    [InlineData("../../../../dev/null", Errno.EINVAL)]
    public void What_is_no_card_of_the_hosts_should_not_be_opened(string address, Errno errno)
    {
        Assert.Equal(errno, Assert.Throws<OperationException>(() => Open(address)).Errno);
        Assert.Empty(_opened);
    }

    private (HelperResult Result, FileDescriptor? Card) Open(string address) => new Cards(_machine.Machine, node =>
    {
        _opened.Add(node);
        return FileDescriptor.OpenToRead(node);
    }).Open(new(address));
}
