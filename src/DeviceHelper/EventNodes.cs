using System.Globalization;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Finds and opens event nodes. A node's number is reused after an unplug, so what was opened is asked who it is.</summary>
internal sealed class EventNodes(Machine machine)
{
    private const uint InputMajor = 13;

    /// <summary>Opens eventM and makes sure that it is a node of inputN and none of our own virtual devices.</summary>
    public FileDescriptor Open(int input, int @event) => Open(input, @event, ours: false);

    /// <summary>The same for one of our own virtual devices, and for nothing else.</summary>
    public FileDescriptor OpenSink(int input, int @event) => Open(input, @event, ours: true);

    /// <summary>That the device number belongs to eventM below inputN, by sysfs.</summary>
    public void CheckPlace(int input, int @event, uint minor)
    {
        var link = Path.Combine(machine.Sys, "dev/char", $"{InputMajor}:{minor}");
        var target = Directory.Exists(link) ? Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName : null;
        if (target is null || Path.GetFileName(target) != $"event{@event}" || Path.GetFileName(Path.GetDirectoryName(target)) != $"input{input}")
            throw new OperationException(
                Errno.ENODEV, $"could not take {machine.EventNode(@event)}: the node is another device now, not input{input}; look again and ask anew");
    }

    /// <summary>M of the event node of a virtual device.</summary>
    public int EventOf(int input)
    {
        var directory = Path.Combine(machine.Sys, "devices/virtual/input", $"input{input}");
        foreach (var child in Directory.EnumerateDirectories(directory, "event*"))
        {
            if (int.TryParse(Path.GetFileName(child).AsSpan("event".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
        }

        throw new OperationException(Errno.ENODEV, $"could not find the event node of input{input} in {directory}");
    }

    /// <summary>Waits until udev has applied its rules to the node: its database has an entry for it, and the node exists.</summary>
    public void AwaitUdev(int @event, Deadline deadline)
    {
        var numbers = File.ReadAllText(Path.Combine(machine.Sys, "class/input", $"event{@event}", "dev")).Trim();
        var entry = Path.Combine(machine.UdevData, $"c{numbers}");
        using var watch = new Inotify();
        // udev writes its entries beside and renames them.
        watch.Watch(machine.UdevData, WatchEvents.MovedTo | WatchEvents.Created | WatchEvents.ClosedAfterWrite);
        while (!File.Exists(entry))
        {
            if (Poll.Wait(watch.Descriptor, PollEvents.In, deadline.Left) == PollEvents.None)
                throw new OperationException(Errno.ETIMEDOUT, $"could not wait for udev to make {machine.EventNode(@event)} ready: {entry} did not appear in time");
            watch.Read();
        }

        if (!File.Exists(machine.EventNode(@event)))
            throw new OperationException(Errno.ENOENT, $"could not find {machine.EventNode(@event)}, though udev has made it ready");
    }

    private FileDescriptor Open(int input, int @event, bool ours)
    {
        var path = machine.EventNode(@event);
        var node = FileDescriptor.OpenReadWrite(path, nonBlocking: true);
        try
        {
            if (node.CharacterDevice() is not { Major: InputMajor, Minor: var minor })
                throw new OperationException(Errno.ENODEV, $"could not take {path}: it is no input device");
            CheckPlace(input, @event, minor);
            if (VirtualPhys.IsOurs(EventDevice.Phys(node)) != ours)
                throw new OperationException(
                    Errno.EPERM, $"could not take {path}: it is {(ours ? "no virtual device of ours" : "a virtual device of ours, not a physical one")}");
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }
}
