using System.Collections.Concurrent;
using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Tests.Routing;

namespace Phyllome.Seats.SeatManager.Tests.Whole;

/// <summary>A device helper on a real socket: what it would hand to the router as a descriptor, the router holds.</summary>
internal sealed class FakeHelper : IDisposable
{
    private readonly SeqPacketSocket _listening;
    private readonly DescriptorWatch _accepting;
    private readonly ConcurrentQueue<IDisposable> _connections = new();
    private readonly FakeRouter _router;
    private int _last = 100;

    public FakeHelper(string path, FakeRouter router)
    {
        _router = router;
        _listening = SeqPacketSocket.Listen(path);
        _accepting = new("fake helper", _listening.Descriptor, Serve, failure => Failures.Enqueue(failure));
    }

    public ConcurrentQueue<Exception> Failures { get; } = new();

    public ConcurrentQueue<HelperOperation> Operations { get; } = new();

    /// <summary>Told when it has done what was asked of it.</summary>
    public event Action? Changed;

    /// <summary>Refused, with EBUSY, as if somebody else had grabbed it; null for none.</summary>
    public int? Busy { get; set; }

    /// <summary>udev's rules of what is off the host, which it writes.</summary>
    public string? HostRules { get; set; }

    public void Dispose()
    {
        _accepting.Dispose();
        _listening.Dispose();
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private bool Serve()
    {
        var manager = _listening.Accept();
        _connections.Enqueue(new DescriptorWatch("fake helper's connection", manager.Descriptor, () => Answer(manager), failure => Failures.Enqueue(failure)));
        _connections.Enqueue(manager);
        return true;
    }

    private bool Answer(SeqPacketSocket manager)
    {
        var packet = new byte[SeqPacketSocket.LargestPacket];
        var length = manager.Receive(packet, out _);
        if (length == 0)
            return false;
        var request = JsonSerializer.Deserialize(packet.AsSpan(0, length), HelpingJson.Default.HelperRequest)!;
        var reply = new HelperReply(request.Operations.Select(Do).ToValueList());
        manager.Send(JsonSerializer.SerializeToUtf8Bytes(reply, HelpingJson.Default.HelperReply));
        Changed?.Invoke();
        return true;
    }

    private HelperResult Do(HelperOperation operation)
    {
        Operations.Enqueue(operation);
        switch (operation)
        {
            case OpenSourceNode open when open.Input == Busy:
                return new((int)Errno.EBUSY, $"/dev/input/event{open.Event} is grabbed by another program.", open.Input, open.Event);
            case OpenSourceNode open:
                _router.Hold(new RouterSource(open.Input, true));
                return new(0, null, open.Input, open.Event);
            case CreateSinkNode create:
                var number = ++_last;
                _router.Hold(new RouterSink(number, number, create.Guest, create.Kind, false));
                return new(0, null, number, number);
            case CreateCloneNode clone:
                var made = ++_last;
                _router.Hold(new RouterSink(made, made, clone.Guest, SinkKind.Clone, false) { CloneOf = clone.CloneOf });
                return new(0, null, made, made);
            case TakeGpu take:
                return new(0, $"took {take.Address}", 0, 0);
            case WriteHostRules write:
                Directory.CreateDirectory(Path.GetDirectoryName(HostRules!)!);
                if (write.Rules.Count > 0)
                    File.WriteAllText(HostRules!, UdevRules.Render(write.Rules));
                else
                    File.Delete(HostRules!);
                return new(0, null, 0, 0);
            case SteerInterrupts:
                return new(0, null, 0, 0);
            case SplitGpu split:
                return new((int)Errno.EPERM, $"the gpu {split.Address} is not split: its driver is busy", 0, 0);
            default:
                throw new InvalidOperationException(operation.ToString());
        }
    }
}
