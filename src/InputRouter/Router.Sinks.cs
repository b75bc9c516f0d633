using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>Virtual devices and their nodes: taken, removed, lost.</summary>
internal sealed partial class Router
{
    private readonly Dictionary<int, SinkPort> _sinks = [];

    /// <summary>A sink's node that can't be read any more.</summary>
    public void Lose(SinkNode node)
    {
        _sinks[node.Sink.Input].Node = null;
        _loop.Remove(node);
        _store.Forget(StoredName.OfSinkNode(node.Sink.Input));
        _aside.Do(node.Descriptor.Dispose);
    }

    public void AwaitRoom(SinkPort port, bool wanted) => _loop.AwaitRoom(port, wanted);

    public void ReadAgain(SourcePort port) => _loop.Again(port);

    /// <summary>A sink that nothing can be read from any more.</summary>
    public void Lose(SinkPort port) => _loop.Remove(port);

    private Errno TakeSink(GiveSink given, FileDescriptor descriptor, bool restored)
    {
        if ((given.Kind == SinkKind.Clone) != CloneName.IsOne(given.CloneOf))
            return Errno.EINVAL;
        if (_sinks.ContainsKey(given.Input) || Switchboard.HasSink(given.Guest, given.Kind, given.CloneOf))
            return Errno.EEXIST;
        if (Control.CheckSink(descriptor) is not Errno.None and var unfit)
            return unfit;
        var port = new SinkPort(descriptor, given.Input, this, _aside);
        var sink = Switchboard.AddSink(given.Input, given.Event, given.Guest, given.Kind, port, given.CloneOf);
        _sinks.Add(given.Input, port);
        port.Sink = sink;
        _loop.Add(port);
        if (restored)
            sink.Inherit();
        else
            _store.Keep(StoredName.OfSink(given.Input, given.Event, given.Guest, given.Kind, given.CloneOf), descriptor);
        Log.Info($"sink input{given.Input} is here");
        Tell(new SinkCame(Describe(sink)));
        return Errno.None;
    }

    private Errno TakeSinkNode(int input, FileDescriptor descriptor, bool restored)
    {
        if (!_sinks.TryGetValue(input, out var port))
            return Errno.ENODEV;
        if (port.Node is not null)
            return Errno.EEXIST;
        // Asking who holds a node takes it away for a moment: never from the host's own readers.
        if (port.Sink!.Guest.IsHost)
            return Errno.EINVAL;
        if (Control.PrepareSource(descriptor) is not Errno.None and var unfit)
            return unfit;
        var sink = port.Sink!;
        if (restored)
        {
            var down = default(KeySet);
            if (Control.ReadKeys(descriptor, ref down) is not Errno.None and var unreadable)
                return unreadable;
            sink.Inherit(down);
            if (sink.Kind == SinkKind.Clone && Control.ReadSurface(descriptor, AbilitiesOf(descriptor), out var left) == Errno.None && left is not null)
                sink.InheritContacts(left);
            if (sink.Kind == SinkKind.Keyboard && Control.ReadLights(descriptor, out var lights) == Errno.None)
                sink.Guest.Lights = lights;
        }
        else
        {
            _store.Keep(StoredName.OfSinkNode(input), descriptor);
        }

        port.Node = new(descriptor, sink, this);
        _loop.Add(port.Node);
        return Errno.None;
    }

    private void RemoveSink(Sink sink, Action then)
    {
        Switchboard.RemoveSink(sink);
        var port = _sinks[sink.Input];
        if (port.Node is { } node)
            Lose(node);
        _sinks.Remove(sink.Input);
        _loop.Remove(port);
        _store.Forget(StoredName.OfSink(sink.Input, sink.Event, sink.Guest.Id, sink.Kind, sink.Clone));
        _aside.Do(
            () =>
            {
                // The store has had a copy of the descriptor, so that closing ours may not end the device.
                if (Control.Destroy(port.Descriptor) is not Errno.None and var errno)
                    Log.Error($"could not remove the virtual device input{sink.Input}: {errno}");
                port.Dispose();
            },
            () =>
            {
                Log.Info($"sink input{sink.Input} is removed");
                Tell(new SinkGone(sink.Input));
                then();
            });
    }

    private static RouterSink Describe(Sink sink) =>
        new(sink.Input, sink.Event, sink.Guest.Id, sink.Kind, sink.Guest.Live && sink.IsHeld) { CloneOf = sink.Clone };
}
