using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>The closed list of what the helper does.</summary>
/// <param name="log">Told of what cannot be taken back before it is done; null for nobody.</param>
internal sealed class Operations(Machine machine, IUdev udev, TextWriter? log = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly EventNodes _nodes = new(machine);
    private readonly Gpus _gpus = new(machine, log ?? TextWriter.Null, Gpus.Into(machine));
    private readonly Cards _cards = new(machine, Master);

    /// <summary>What goes to the asker beside the reply; the caller closes it.</summary>
    public FileDescriptor? Handed { get; private set; }

    /// <summary>Does the operations in order; the first that fails ends it.</summary>
    public HelperReply Do(HelperRequest request)
    {
        var results = new List<HelperResult>();
        foreach (var operation in request.Operations)
        {
            var result = Do(operation);
            results.Add(result);
            if (result.Errno != 0)
                break;
        }

        return new(results.ToValueList());
    }

    private HelperResult Do(HelperOperation operation)
    {
        var ofCard = operation is TakeGpu or GiveBackGpu or SplitGpu or MakeMediated;
        try
        {
            return operation switch
            {
                OpenSourceNode open => Open(open),
                CreateSinkNode { Kind: not SinkKind.Clone } create => Create(Sinks.Describe(create), create.Guest, create.Kind, clone: null),
                CreateCloneNode clone => Create(clone),
                TakeGpu take => _gpus.Take(take),
                GiveBackGpu give => _gpus.GiveBack(give),
                WriteHostRules write => Write(write),
                SplitGpu split => _gpus.Split(split),
                MakeMediated make => _gpus.Make(make),
                OpenCard open => Open(open),
                SteerInterrupts steer => new Interrupts(machine.Interrupts, machine.InterruptsRecord).Steer(steer.Cpus),
                _ => throw new OperationException(Errno.ENOSYS, $"could not do '{operation.GetType().Name}': this helper does not know it"),
            };
        }
        catch (OperationException exception)
        {
            return new((int)exception.Errno, exception.Message, 0, 0);
        }
        catch (LinuxException exception)
        {
            return new((int)exception.Errno, exception.Message, 0, 0);
        }
        catch (IOException exception)
        {
            // What the file API of the runtime can't do: a sysfs directory that went away meanwhile.
            return new((int)Errno.ENODEV, exception.Message, 0, 0);
        }
        finally
        {
            if (ofCard)
                HandOverMark.Clear(machine.Root);
        }
    }

    private HelperResult Write(WriteHostRules write)
    {
        new HostRulesFile(machine.HostRules, udev).Replace(write.Rules);
        return new(0, "udev has the rules of what is off the host", 0, 0);
    }

    private HelperResult Open(OpenCard open)
    {
        if (Handed is not null)
            throw new OperationException(Errno.EINVAL, $"could not open the gpu {open.Address}: a request hands over one card");
        (var result, Handed) = _cards.Open(open);
        return result;
    }

    private static FileDescriptor Master(string node)
    {
        var card = DrmCard.Open(node);
        try
        {
            // It is by having opened it first; without CAP_SYS_ADMIN nothing is taken from another master here.
            card.SetMaster();
            return card.Descriptor;
        }
        catch
        {
            card.Dispose();
            throw;
        }
    }

    private HelperResult Open(OpenSourceNode open)
    {
        using var node = _nodes.Open(open.Input, open.Event);
        HandOver(new GiveSource(open.Input), node, machine.EventNode(open.Event));
        return new(0, null, open.Input, open.Event);
    }

    private HelperResult Create(CreateCloneNode create)
    {
        if (!CloneName.IsOne(create.CloneOf))
            throw new OperationException(Errno.EINVAL, $"could not make a clone of input{create.Input}: its name is none of a clone");
        using var node = _nodes.Open(create.Input, create.Event);
        return Create(Sinks.Describe(create, EventDevice.Describe(node)), create.Guest, SinkKind.Clone, create.CloneOf);
    }

    private HelperResult Create(VirtualDeviceDescription description, Guid guest, SinkKind kind, string? clone)
    {
        var deadline = new Deadline(Patience);
        var (descriptor, input) = VirtualDevice.Create(description);
        // Where anything fails from here on, closing the descriptor removes the device again.
        using (descriptor)
        {
            var @event = _nodes.EventOf(input);
            _nodes.AwaitUdev(@event, deadline);
            HandOver(new GiveSink(input, @event, guest, kind) { CloneOf = clone }, descriptor, machine.EventNode(@event));
            if (guest != HostReach.Id)
            {
                using var node = _nodes.OpenSink(input, @event);
                HandOver(new GiveSinkNode(input), node, machine.EventNode(@event));
            }

            return new(0, null, input, @event);
        }
    }

    /// <summary>Gives a descriptor to the router, and hears whether it took it.</summary>
    internal void HandOver(HandOver given, FileDescriptor descriptor, string node)
    {
        using var router = SeqPacketSocket.Connect(machine.RouterSocket);
        router.Send(JsonSerializer.SerializeToUtf8Bytes(given, RoutingJson.Default.HandOver), descriptor);
        var buffer = new byte[1024];
        var length = router.Receive(buffer, Patience, out var unasked);
        unasked?.Dispose();
        if (length == 0)
            throw new OperationException(Errno.EPIPE, $"could not hand {node} to the input router: it closed the connection");
        var errno = (Errno)(JsonSerializer.Deserialize(buffer.AsSpan(0, length), RoutingJson.Default.HandOverReply)?.Errno ?? (int)Errno.EBADMSG);
        if (errno != Errno.None)
            throw new OperationException(errno, $"could not hand {node} to the input router: {Why(errno)}");
    }

    private static string Why(Errno errno) => errno switch
    {
        Errno.EBUSY => "another program has grabbed it (EBUSY); end that program",
        Errno.EEXIST => "it has it already (EEXIST)",
        Errno.ENODEV => "it was unplugged meanwhile (ENODEV)",
        _ => $"it refused it ({errno})",
    };
}
