using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>
/// The display of a guest with several screens, for as many presenters. QEMU's display without a bus has one client at a time (a second one takes the
/// place of the first), so that this is it, and each presenter has a socket to this, where it finds its own screen as QEMU would have it. Pictures go past
/// it: they come over the listeners' sockets, which are passed on, and stay where they are when this goes.
/// </summary>
internal sealed class GuestHeads : IAsyncDisposable
{
    private const string Console = "org.qemu.Display1.Console", Properties = "org.freedesktop.DBus.Properties";
    private readonly BusConnection _qemu;
    private readonly HeadLayout _layout;
    private readonly SemaphoreSlim _telling = new(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Served> _served = [];
    private readonly Dictionary<int, (uint Width, uint Height)> _sizes = [];

    private GuestHeads(BusConnection qemu, int count) => (_qemu, _layout) = (qemu, new(count));

    private sealed record Served(BusConnection Presenter);

    /// <summary>Completes when QEMU has closed the connection, or this is disposed.</summary>
    public Task Ended => _qemu.Ended;

    /// <param name="socket">To QEMU's display; is taken over.</param>
    /// <param name="count">How many screens the guest has.</param>
    /// <exception cref="BusException">QEMU does not answer as it should.</exception>
    public static async Task<GuestHeads> OpenAsync(FileDescriptor socket, int count)
    {
        var heads = new GuestHeads(BusConnection.OpenPeer(socket), count);
        try
        {
            for (var head = 0; head < count; head++)
            {
                var of = head;
                await heads._qemu.WatchSignalAsync(new(null, PathOf(head), Properties, "PropertiesChanged"), (_, _) => _ = heads.FollowSizeAsync(of)).ConfigureAwait(false);
            }

            return heads;
        }
        catch
        {
            await heads.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A way to one of the guest's screens; the former one to it ends.</summary>
    /// <param name="on">The screens that have a monitor now. The guest is told that the others have none.</param>
    public async Task<FileDescriptor> ServeAsync(int head, ValueList<int> on)
    {
        await ReadSizeAsync(head).ConfigureAwait(false);
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
        var presenter = BusConnection.ServePeer(ours);
        try
        {
            await presenter.ExportAsync(PathOf(head), Describe(head)).ConfigureAwait(false);
            await ChangeAsync(() => _layout.SetOn(on)).ConfigureAwait(false);
        }
        catch
        {
            theirs.Dispose();
            await presenter.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        Served? former;
        lock (_gate)
        {
            _served.Remove(head, out former);
            _served[head] = new(presenter);
        }

        if (former is not null)
            await former.Presenter.DisposeAsync().ConfigureAwait(false);
        return theirs;
    }

    public async ValueTask DisposeAsync()
    {
        List<Served> all;
        lock (_gate)
        {
            all = [.. _served.Values];
            _served.Clear();
        }

        await _qemu.DisposeAsync().ConfigureAwait(false);
        foreach (var one in all)
            await one.Presenter.DisposeAsync().ConfigureAwait(false);
    }

    private static string PathOf(int head) => $"/org/qemu/Display1/Console_{head}";

    /// <summary>What of a screen of QEMU's a presenter needs.</summary>
    private BusInterface Describe(int head) => new(
        Console,
        [
            new("RegisterListener", [new("listener", "h")], [], (_, arguments) => RegisterAsync(head, arguments.ReadDescriptor())),
            new("SetUIInfo", [new("width_mm", "q"), new("height_mm", "q"), new("xoff", "i"), new("yoff", "i"), new("width", "u"), new("height", "u")], [], (_, arguments) =>
            {
                ushort widthMillimetres = arguments.ReadUInt16(), heightMillimetres = arguments.ReadUInt16();
                // Where it stands beside the others is known here alone.
                arguments.Skip("ii");
                var monitor = new HeadMonitor(arguments.ReadUInt32(), arguments.ReadUInt32(), widthMillimetres, heightMillimetres);
                return ChangeAsync(() => _layout.SetMonitor(head, monitor));
            }),
        ],
        [new("Width", "u", body => body.Write(SizeOf(head).Width)), new("Height", "u", body => body.Write(SizeOf(head).Height))],
        []);

    private async Task<WriteBody?> RegisterAsync(int head, FileDescriptor listener)
    {
        using (listener)
        {
            // Once it has answered this, QEMU has seen that a former listener is gone; it has one a screen.
            await ReadSizeAsync(head).ConfigureAwait(false);
            await _qemu.CallAsync(new(null, PathOf(head), Console, "RegisterListener", body => body.Write(listener))).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<WriteBody?> ChangeAsync(Action change)
    {
        await _telling.WaitAsync().ConfigureAwait(false);
        try
        {
            change();
            foreach (var told in _layout.Due())
            {
                await _qemu.CallAsync(new(null, PathOf(told.Head), Console, "SetUIInfo", body =>
                {
                    body.Write(told.Monitor.WidthMillimetres);
                    body.Write(told.Monitor.HeightMillimetres);
                    body.Write(told.Left);
                    body.Write(0);
                    body.Write(told.Monitor.Width);
                    body.Write(told.Monitor.Height);
                })).ConfigureAwait(false);
                _layout.Told(told);
            }
        }
        finally
        {
            _telling.Release();
        }

        return null;
    }

    private async Task FollowSizeAsync(int head)
    {
        try
        {
            await ReadSizeAsync(head).ConfigureAwait(false);
            BusConnection? presenter;
            lock (_gate)
                presenter = _served.GetValueOrDefault(head)?.Presenter;
            if (presenter is not null)
                await presenter.EmitPropertiesChangedAsync(PathOf(head), Console, ["Width", "Height"]).ConfigureAwait(false);
        }
        catch (BusException)
        {
            // One of the two is gone, which is seen by itself.
        }
    }

    private async Task ReadSizeAsync(int head)
    {
        var size = (await SideAsync(head, "Width").ConfigureAwait(false), await SideAsync(head, "Height").ConfigureAwait(false));
        lock (_gate)
            _sizes[head] = size;
    }

    private Task<uint> SideAsync(int head, string name) => _qemu.CallAsync(
        new(null, PathOf(head), Properties, "Get", body =>
        {
            body.Write(Console);
            body.Write(name);
        }),
        static body => body.ReadVariant("u", static value => value.ReadUInt32()));

    private (uint Width, uint Height) SizeOf(int head)
    {
        lock (_gate)
            return _sizes.GetValueOrDefault(head);
    }
}
