using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>
/// A connection to D-Bus, and the one place where the transport is known: proxies and servers above use nothing else of this folder's
/// native side. Every member may be called from any thread; handlers and bodies run on the thread of the bus.
/// </summary>
public sealed class BusConnection : IAsyncDisposable
{
    private const string Daemon = "org.freedesktop.DBus";
    private readonly BusLoop _loop;
    private readonly bool _bus;

    private BusConnection(BusHandle handle, bool bus)
    {
        _bus = bus;
        _loop = new(handle);
    }

    /// <summary>Completes when this is disposed; fails with a <see cref="BusException"/> where the bus was lost.</summary>
    public Task Ended => _loop.Ended;

    /// <summary>The system bus.</summary>
    public static BusConnection OpenSystem()
    {
        var result = sd_bus_open_system(out var bus);
        var handle = new BusHandle(bus);
        return result >= 0 ? new(handle, bus: true) : throw Unreachable(handle, result, "the system bus");
    }

    /// <summary>A bus by its address, <c>unix:path=/run/x</c>.</summary>
    public static BusConnection OpenAddress(string address) => Open(address, bus: true);

    /// <summary>Another program, without a bus in between.</summary>
    public static BusConnection OpenPeer(string address) => Open(address, bus: false);

    /// <summary>Another program at the other end of a connected socket, who asks who this is. Takes the socket over.</summary>
    public static BusConnection OpenPeer(FileDescriptor socket) => OpenSocket(socket, server: false);

    /// <summary>As <see cref="OpenPeer(FileDescriptor)"/>, for the end that asks.</summary>
    public static BusConnection ServePeer(FileDescriptor socket) => OpenSocket(socket, server: true);

    /// <summary>Calls a method and reads its answer. Fails with the <see cref="BusException"/> that came instead.</summary>
    public async Task<T> CallAsync<T>(BusCall call, ReadBody<T> read, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var pending = new PendingCall<T>(_loop, read);
        _loop.Post(() => pending.Send(call), pending.Refuse);
        await using var registration = cancellation.UnsafeRegister(
            _ => _loop.Post(() => pending.Cancel(cancellation), static _ => { }), null);
        return await pending.Task.ConfigureAwait(false);
    }

    /// <summary>Calls a method whose answer holds nothing of interest.</summary>
    public Task CallAsync(BusCall call, CancellationToken cancellation = default) => CallAsync(call, static _ => true, cancellation);

    /// <summary>Takes a well-known name. Fails where another program has it.</summary>
    public async Task RequestNameAsync(string name, CancellationToken cancellation = default)
    {
        const uint doNotQueue = 4, primaryOwner = 1, alreadyOwner = 4;
        var call = new BusCall(Daemon, "/org/freedesktop/DBus", Daemon, "RequestName", body =>
        {
            body.Write(name);
            body.Write(doNotQueue);
        });
        var reply = await CallAsync(call, static body => body.ReadUInt32(), cancellation).ConfigureAwait(false);
        if (reply is not (primaryOwner or alreadyOwner))
            throw new BusException("System.Error.EEXIST", $"The name {name} is taken on D-Bus by another program.");
    }

    /// <summary>Whether a program has the name now.</summary>
    public Task<bool> NameHasOwnerAsync(string name, CancellationToken cancellation = default) => CallAsync(
        new(Daemon, "/org/freedesktop/DBus", Daemon, "NameHasOwner", body => body.Write(name)), static body => body.ReadBoolean(), cancellation);

    /// <summary>The user id of a caller.</summary>
    public Task<uint> GetUserIdAsync(string sender, CancellationToken cancellation = default) => CallAsync(
        new(Daemon, "/org/freedesktop/DBus", Daemon, "GetConnectionUnixUser", body => body.Write(sender)), static body => body.ReadUInt32(), cancellation);

    /// <summary>Watches a name change hands: its new owner, null when it has none.</summary>
    public Task<BusRegistration> WatchNameAsync(string name, Action<string?> changed) => WatchSignalAsync(
        new(Daemon, "/org/freedesktop/DBus", Daemon, "NameOwnerChanged") { Argument = name },
        (_, body) =>
        {
            body.Skip("ss");
            changed(body.ReadString() is { Length: > 0 } owner ? owner : null);
        });

    /// <summary>Watches signals. Completes when the bus knows, so that none is missed from then on.</summary>
    public async Task<BusRegistration> WatchSignalAsync(SignalMatch match, TakeSignal take)
    {
        var watch = new SignalWatch(_loop, take);
        _loop.Post(() => watch.Install(match.Rule, _bus), watch.Refuse);
        try
        {
            await watch.Installed.ConfigureAwait(false);
        }
        catch (BusException)
        {
            _loop.Post(() => _loop.Release(watch), static _ => { });
            throw;
        }
        return new(() => _loop.Release(watch), _loop);
    }

    /// <summary>Exports an interface at a path.</summary>
    /// <param name="announce">Whether the object manager above it tells of it, now and when the registration is disposed.</param>
    public async Task<BusRegistration> ExportAsync(string path, BusInterface description, bool announce = false)
    {
        var export = await _loop.InvokeAsync(() => new ExportedInterface(_loop, path, description, announce)).ConfigureAwait(false);
        return new(export.Withdraw, _loop);
    }

    /// <summary>Exports org.freedesktop.DBus.ObjectManager at a path, for all objects below.</summary>
    public async Task<BusRegistration> ExportObjectManagerAsync(string path)
    {
        var manager = await _loop.InvokeAsync(() =>
        {
            BusException.Check(sd_bus_add_object_manager(_loop.Bus, out var slot, path), $"export an object manager at {path}");
            var entry = new PlainEntry(_loop, slot);
            _loop.Keep(entry);
            return entry;
        }).ConfigureAwait(false);
        return new(() => _loop.Release(manager), _loop);
    }

    public Task EmitSignalAsync(string path, string @interface, string member, WriteBody? body = null) => _loop.InvokeAsync(() =>
    {
        BusException.Check(sd_bus_message_new_signal(_loop.Bus, out var pointer, path, @interface, member), $"make the signal {@interface}.{member}");
        using var message = new MessageHandle(pointer);
        body?.Invoke(new(pointer));
        return BusException.Check(sd_bus_send(_loop.Bus, message, 0), $"send the signal {@interface}.{member}");
    });

    /// <summary>Tells the present values of properties of an exported object.</summary>
    public unsafe Task EmitPropertiesChangedAsync(string path, string @interface, IReadOnlyList<string> properties) => _loop.InvokeAsync(() =>
    {
        // Safety: a NULL-terminated array of strings that sd-bus reads during the call only.
        var names = stackalloc byte*[properties.Count + 1];
        names[properties.Count] = null;
        try
        {
            for (var i = 0; i < properties.Count; i++)
                names[i] = (byte*)Marshal.StringToCoTaskMemUTF8(properties[i]);
            return BusException.Check(sd_bus_emit_properties_changed_strv(_loop.Bus, path, @interface, names), $"tell the properties of {path}");
        }
        finally
        {
            for (var i = 0; i < properties.Count; i++)
                Marshal.FreeCoTaskMem((nint)names[i]);
        }
    });

    /// <summary>Closes the connection; what was sent before has gone out as far as the other side takes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _loop.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static BusConnection Open(string address, bool bus)
    {
        BusException.Check(sd_bus_new(out var pointer), "make a bus");
        var handle = new BusHandle(pointer);
        var result = sd_bus_set_address(handle, address);
        if (result >= 0)
            result = sd_bus_set_bus_client(handle, bus ? 1 : 0);
        if (result >= 0)
            result = sd_bus_start(handle);
        return result >= 0 ? new(handle, bus) : throw Unreachable(handle, result, $"D-Bus at {address}");
    }

    private static BusConnection OpenSocket(FileDescriptor socket, bool server)
    {
        BusException.Check(sd_bus_new(out var pointer), "make a bus");
        var handle = new BusHandle(pointer);
        var result = sd_bus_set_fd(handle, socket.Number, socket.Number);
        if (result >= 0)
        {
            // It is sd-bus's from here on, which closes it with the bus.
            socket.SetHandleAsInvalid();
            result = sd_bus_set_bus_client(handle, 0);
        }

        if (result >= 0 && server)
            result = sd_bus_set_server(handle, 1, new() { low = 1 });
        if (result >= 0)
            result = sd_bus_start(handle);
        return result >= 0 ? new(handle, bus: false) : throw Unreachable(handle, result, "a program over a socket");
    }

    private static BusException Unreachable(BusHandle handle, int result, string what)
    {
        handle.Dispose();
        return BusException.FromErrno(result, $"connect to {what}");
    }
}
