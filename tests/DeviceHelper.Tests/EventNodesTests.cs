using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.DeviceHelper.Tests;

public sealed class EventNodesTests : IDisposable
{
    private readonly FakeMachine _machine = new();
    private readonly EventNodes _nodes;

    public EventNodesTests() => _nodes = new(_machine.Machine);

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_node_that_is_what_was_asked_for_should_pass()
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        _nodes.CheckPlace(12, 5, 69);
    }

    [Theory]
    [InlineData(13, 5, 69)]
    [InlineData(12, 6, 69)]
    [InlineData(12, 5, 70)]
    public void A_node_whose_number_was_given_to_another_device_should_be_refused(int input, int @event, uint minor)
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        var thrown = Assert.Throws<OperationException>(() => _nodes.CheckPlace(input, @event, minor));
        Assert.Equal(Errno.ENODEV, thrown.Errno);
        Assert.Contains("the node is another device now", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_input_device_should_be_refused()
    {
        File.CreateSymbolicLink(_machine.Machine.EventNode(5), "/dev/null");
        var thrown = Assert.Throws<OperationException>(() => _nodes.Open(12, 5));
        Assert.Equal(Errno.ENODEV, thrown.Errno);
        Assert.Contains("event5: it is no input device", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_is_not_there_should_be_named_with_the_errno() =>
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => _nodes.Open(12, 5)).Errno);

    [Fact]
    public void The_event_node_of_a_virtual_device_should_be_found_below_it()
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        Assert.Equal(5, _nodes.EventOf(12));
    }

    [Fact]
    public void A_node_that_udev_has_finished_already_should_not_be_waited_for()
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        File.WriteAllText(_machine.Machine.EventNode(5), "");
        File.WriteAllText(_machine.At("udev/c13:69"), "");
        _nodes.AwaitUdev(5, new(TimeSpan.Zero));
    }

    [Fact]
    public void A_node_should_be_waited_for_until_udev_has_renamed_its_entry_into_place()
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        File.WriteAllText(_machine.Machine.EventNode(5), "");
        var udev = new Thread(() =>
        {
            File.WriteAllText(_machine.At("udev/c13:70"), "");
            File.WriteAllText(_machine.At("udev/.#c13:69"), "");
            File.Move(_machine.At("udev/.#c13:69"), _machine.At("udev/c13:69"));
        });
        udev.Start();
        _nodes.AwaitUdev(5, new(TimeSpan.FromSeconds(30)));
        udev.Join();
        Assert.True(File.Exists(_machine.At("udev/c13:69")));
    }

    [Fact]
    public void A_udev_that_never_finishes_should_end_at_the_deadline()
    {
        _machine.AddNode(input: 12, @event: 5, minor: 69);
        var thrown = Assert.Throws<OperationException>(() => _nodes.AwaitUdev(5, new(TimeSpan.FromMilliseconds(1))));
        Assert.Equal(Errno.ETIMEDOUT, thrown.Errno);
    }
}
