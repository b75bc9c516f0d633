using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter;

/// <summary>Physical nodes: taken, grabbed, given back, lost.</summary>
internal sealed partial class Router
{
    private readonly Dictionary<int, SourcePort> _sources = [];

    /// <summary>Grabs a source if no key is down on it. Otherwise it stays the host's until the last key is up.</summary>
    public void TryGrab(SourcePort port)
    {
        var errno = GrabWhenQuiet(port);
        if (errno != Errno.None)
            Lose(port, errno);
        else if (port.Grabbed)
            Tell(new SourceCame(new(port.Input, Grabbed: true)));
    }

    /// <summary>A source that can't be read any more: unplugged, or taken by somebody else.</summary>
    public void Lose(SourcePort port, Errno reason)
    {
        Log.Info($"source input{port.Input} is gone: {reason}");
        Forget(port);
        _aside.Do(port.Descriptor.Dispose);
        Tell(new SourceGone(port.Input));
    }

    private Errno TakeSource(int input, FileDescriptor descriptor, bool restored)
    {
        if (_sources.ContainsKey(input))
            return Errno.EEXIST;
        if (Control.PrepareSource(descriptor) is not Errno.None and var unfit)
            return unfit;
        var port = new SourcePort(descriptor, input, LightsOf(descriptor), this);
        if ((restored ? Adopt(port) : GrabWhenQuiet(port)) is not Errno.None and var errno)
            return errno;
        Enter(port);
        return Errno.None;
    }

    /// <summary>Only a grabbed source is ever stored.</summary>
    private Errno Adopt(SourcePort port)
    {
        if (Join(port) is not Errno.None and var unfit)
            return unfit;
        if (port.Inherit() is not Errno.None and var errno)
        {
            Switchboard.RemoveSource(port.Source!);
            return errno;
        }

        port.Source!.Down = port.Unread!.DownBefore;
        return Errno.None;
    }

    /// <summary>Handles what came while no router was there, in the order in which it came, be it from several devices.</summary>
    private void GoOn()
    {
        foreach (var port in _sources.Values)
        {
            // What the kernel could not keep may have been a press: only what a sink has down is known to have been down before.
            if (port is { Source: { } source, Unread.RanOver: true })
                source.Down = source.Held;
            if (port is { Source.Surface: { } surface, Unread: { } unread })
                surface.Forget(unread.RanOver ? ~port.Source.HeldContacts : unread.Changed & ~port.Source.HeldContacts);
        }

        while (_sources.Values.Where(port => port.Unread is not null).MinBy(port => port.Unread!.At) is { } oldest)
            oldest.GoOn();
    }

    private Errno Join(SourcePort port)
    {
        var abilities = AbilitiesOf(port.Descriptor);
        if (Control.ReadSurface(port.Descriptor, abilities, out var surface) is not Errno.None and var errno)
            return errno;
        port.Grabbed = true;
        port.Asked = surface?.Copy();
        port.Source = Switchboard.AddSource(port.Input, abilities, port.Lights, surface, Control.HasForces(port.Descriptor) ? new KernelFeedback(port.Descriptor, Control) : null);
        return Errno.None;
    }

    private void Enter(SourcePort port)
    {
        _sources.Add(port.Input, port);
        _loop.Add(port);
        Log.Info($"source input{port.Input} is here{(port.Grabbed ? "" : ", still the host's until its keys are up")}");
        Tell(new SourceCame(new(port.Input, port.Grabbed)));
    }

    private KeySet AbilitiesOf(FileDescriptor node)
    {
        var keys = default(KeySet);
        if (Control.ReadKeyAbilities(node, ref keys) is not Errno.None and var errno)
            Log.Warning($"could not ask a device which keys it has ({errno}); a key held for long may not lead its seat home");
        return keys;
    }

    /// <returns>The lights that are on; null for a device without any.</returns>
    private ushort? LightsOf(FileDescriptor node) =>
        Control.ReadLightAbilities(node, out var has) == Errno.None && has != 0 && Control.ReadLights(node, out var on) == Errno.None ? on : null;

    /// <summary>
    /// A key that is down when a device is grabbed is never released for its other readers. So: look, grab, look again; where a key went down
    /// in between, the grab is undone before the host could miss its key-up.
    /// </summary>
    private Errno GrabWhenQuiet(SourcePort port)
    {
        var keys = default(KeySet);
        if (Control.ReadKeys(port.Descriptor, ref keys) is not Errno.None and var unreadable)
            return unreadable;
        if (keys.Next(0) >= 0)
            return Errno.None;
        if (Control.Grab(port.Descriptor) is not Errno.None and var taken)
            return taken;
        if (Control.ReadKeys(port.Descriptor, ref keys) is not Errno.None and var gone)
            return gone;
        if (keys.Next(0) >= 0)
            return Control.Ungrab(port.Descriptor);
        if (Join(port) is not Errno.None and var unfit)
            return unfit;
        _store.Keep(StoredName.OfSource(port.Input), port.Descriptor);
        return Errno.None;
    }

    /// <summary>Nobody has told the router anything for so long that the host is to have its devices back.</summary>
    private void ReleaseSources()
    {
        Log.Warning($"no manager has said anything for {_absence.Limit?.TotalSeconds} s: all {_sources.Count} sources are the host's again, as release-on-stall has it");
        foreach (var port in _sources.Values.ToArray())
            GiveBack(port, () => { });
    }

    private void GiveBack(SourcePort port, Action then)
    {
        Forget(port);
        _aside.Do(
            () =>
            {
                // The store has had a copy of the descriptor, so that closing ours may not end the grab.
                if (port.Grabbed && Control.Ungrab(port.Descriptor) is not (Errno.None or Errno.ENODEV) and var errno)
                    Log.Error($"could not let go of source input{port.Input}: {errno}");
                if (port.Grabbed)
                    port.ShowHosts();
                port.Descriptor.Dispose();
            },
            () =>
            {
                Tell(new SourceGone(port.Input));
                then();
            });
    }

    private void Forget(SourcePort port)
    {
        if (port.Source is { } source)
            Switchboard.RemoveSource(source);
        _sources.Remove(port.Input);
        _loop.Remove(port);
        _store.Forget(StoredName.OfSource(port.Input));
    }
}
