using System.Threading.Channels;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Guests;

/// <summary>
/// A connection to a QEMU's D-Bus display, without a bus (docs/interop/dbus-display in QEMU). QEMU waits for a listener's first answers
/// in its main loop, with the guest standing still: so all is exported before it hears of the listener, and nothing here waits for QEMU
/// on the thread that answers it.
/// </summary>
/// <remarks>
/// A listener is told a picture's size with the whole picture alone. Of a console of text (a BIOS, a boot loader) QEMU draws line by line, and so
/// never the whole; what its properties say of its size is then another one than the picture's, and a new listener is given the whole. The old one is
/// gone before: QEMU knows listeners without a bus by one name.
/// </remarks>
internal sealed class GuestDisplay : IAsyncDisposable
{
    private const string Listener = "org.qemu.Display1.Listener", Planes = "org.qemu.Display1.Listener.Unix.ScanoutDMABUF2", Console = "org.qemu.Display1.Console", Properties = "org.freedesktop.DBus.Properties";
    private const string ListenerPath = "/org/qemu/Display1/Listener";
    private static readonly Task<WriteBody?> Done = Task.FromResult<WriteBody?>(null);
    private readonly TaskCompletionSource<string> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _resized = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly GuestScreen _screen;
    private readonly string _console;
    private readonly bool _isOneOfSeveral;
    private volatile BusConnection _qemu;
    private volatile BusConnection? _listener;
    private Task _followed = Task.CompletedTask;

    private GuestDisplay(BusConnection qemu, int head, GuestScreen screen, bool isOneOfSeveral)
    {
        (_qemu, _console, _screen, _isOneOfSeveral) = (qemu, $"/org/qemu/Display1/Console_{head}", screen, isOneOfSeveral);
        _ = GoneWithAsync(qemu);
    }

    /// <summary>Completes, with the reason, when QEMU has closed the connection.</summary>
    public Task<string> Gone => _gone.Task;

    /// <summary>Asks QEMU for the pictures of one of its guest's screens; the first comes with the answer.</summary>
    /// <param name="isOneOfSeveral">Whether others have sockets to the same display: then pictures come for as long as QEMU has the listener, be the socket closed.</param>
    public static async Task<GuestDisplay> ConnectAsync(FileDescriptor socket, int head, GuestScreen screen, bool isOneOfSeveral = false)
    {
        var display = new GuestDisplay(BusConnection.OpenPeer(socket), head, screen, isOneOfSeveral);
        try
        {
            await display.WatchAsync(display._qemu).ConfigureAwait(false);
            await display.ListenAsync().ConfigureAwait(false);
            display._followed = display.FollowSizeAsync();
            return display;
        }
        catch
        {
            await display.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Tells the guest of its monitor. Fails with a <see cref="BusException"/> where its card has no way to hear of one.</summary>
    public Task TellMonitorAsync(int width, int height, int widthMillimetres, int heightMillimetres) => _qemu.CallAsync(
        new(null, _console, Console, "SetUIInfo", body =>
        {
            body.Write((ushort)widthMillimetres);
            body.Write((ushort)heightMillimetres);
            body.Write(0);
            body.Write(0);
            body.Write((uint)width);
            body.Write((uint)height);
        }));

    /// <summary>Goes on by another socket, with the same pictures.</summary>
    public async Task ReachAsync(FileDescriptor socket)
    {
        var former = _qemu;
        var qemu = _qemu = BusConnection.OpenPeer(socket);
        _ = GoneWithAsync(qemu);
        await former.DisposeAsync().ConfigureAwait(false);
        await WatchAsync(qemu).ConfigureAwait(false);
        // It may have another size since.
        _resized.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        _resized.Writer.TryComplete();
        // What waits for QEMU ends with this.
        await _qemu.DisposeAsync().ConfigureAwait(false);
        await _followed.ConfigureAwait(false);
        if (_listener is { } listener)
            await listener.DisposeAsync().ConfigureAwait(false);
    }

    private Task<BusRegistration> WatchAsync(BusConnection qemu) =>
        qemu.WatchSignalAsync(new(null, _console, Properties, "PropertiesChanged"), (_, _) => _resized.Writer.TryWrite(true));

    private async Task ListenAsync()
    {
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
        using (theirs)
        {
            var listener = BusConnection.OpenPeer(ours);
            _listener = listener;
            _ = GoneWithAsync(listener);
            await listener.ExportAsync(ListenerPath, Describe(_screen)).ConfigureAwait(false);
            await listener.ExportAsync(ListenerPath, DescribePlanes(_screen)).ConfigureAwait(false);
            await _qemu.CallAsync(new(null, _console, Console, "RegisterListener", body => body.Write(theirs))).ConfigureAwait(false);
        }
    }

    private async Task FollowSizeAsync()
    {
        await foreach (var _ in _resized.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                if (await SizeAsync().ConfigureAwait(false) == _screen.Size || _listener is not { } old)
                    continue;
                _listener = null;
                await old.DisposeAsync().ConfigureAwait(false);
                // Once it has answered this, QEMU has seen that the old listener is gone.
                await SizeAsync().ConfigureAwait(false);
                await ListenAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is BusException or IOException)
            {
                // The next socket, where there is one, has the size looked at again.
                if (_isOneOfSeveral && _listener is not null)
                    continue;
                _gone.TrySetResult(exception.Message);
                return;
            }
        }
    }

    private async Task<(int Width, int Height)?> SizeAsync() =>
        (await SideAsync("Width").ConfigureAwait(false), await SideAsync("Height").ConfigureAwait(false));

    private Task<int> SideAsync(string name) => _qemu.CallAsync(
        new(null, _console, Properties, "Get", body =>
        {
            body.Write(Console);
            body.Write(name);
        }),
        static body => body.ReadVariant("u", static value => Side(value.ReadUInt32())));

    private async Task GoneWithAsync(BusConnection connection)
    {
        await connection.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if ((connection == _qemu && !(_isOneOfSeveral && _listener is not null)) || connection == _listener)
            _gone.TrySetResult(connection.Ended.Exception?.InnerException?.Message ?? "The connection to the guest's display was closed.");
    }

    private static BusInterface Describe(GuestScreen screen) => new(
        Listener,
        [
            Method("Scanout", "uuuuay", arguments =>
            {
                int width = Side(arguments.ReadUInt32()), height = Side(arguments.ReadUInt32()), stride = Side(arguments.ReadUInt32());
                screen.Scanout(width, height, stride, arguments.ReadUInt32(), arguments.ReadBytes());
            }),
            Method("Update", "iiiiuuay", arguments =>
            {
                var area = new Area(arguments.ReadInt32(), arguments.ReadInt32(), arguments.ReadInt32(), arguments.ReadInt32());
                screen.Update(area, Side(arguments.ReadUInt32()), arguments.ReadUInt32(), arguments.ReadBytes());
            }),
            Method("ScanoutDMABUF", "huuuutb", arguments =>
            {
                var descriptor = arguments.ReadDescriptor();
                int width = Side(arguments.ReadUInt32()), height = Side(arguments.ReadUInt32());
                ValueList<BufferPlane> planes = [new(descriptor, 0, arguments.ReadUInt32())];
                // QEMU's "y0_top" is OpenGL's y, which grows upwards: the first row in memory is the lowest one then (ui/shader/texture-blit-flip.vert).
                screen.ScanoutBuffer(new(planes, width, height, new(0, 0, width, height), arguments.ReadUInt32(), arguments.ReadUInt64(), UpsideDown: arguments.ReadBoolean()));
            }),
            // All of the buffer is shown in any case; what of it is new is of no interest. The guest stands still until this is answered.
            new("UpdateDMABUF", Parameters("iiii"), [], (_, _) => AnswerWhenShownAsync(screen.UpdateBuffer())),
            Method("Disable", "", _ => screen.Disable()),
            Method("MouseSet", "iii", arguments => screen.MovePointer(arguments.ReadInt32(), arguments.ReadInt32(), arguments.ReadInt32() != 0)),
            Method("CursorDefine", "iiiiay", arguments =>
            {
                int width = arguments.ReadInt32(), height = arguments.ReadInt32();
                // Where it points is the guest's own business: QEMU tells the place of its upper left corner.
                arguments.Skip("ii");
                screen.DefinePointer(Pointer.From(width, height, arguments.ReadBytes()));
            }),
        ],
        // Those that an older QEMU does not know it does not call.
        [new("Interfaces", "as", body => body.Write([Planes]), Changes: false)],
        []);

    /// <summary>For QEMU 10.1 and later, which gives a buffer of one plane by it, too.</summary>
    private static BusInterface DescribePlanes(GuestScreen screen) => new(
        Planes,
        [
            Method("ScanoutDMABUF2", "ahuuuuauauuuuutb", arguments =>
            {
                var descriptors = arguments.ReadArray("h", static body => body.ReadDescriptor());
                var part = new Area(Side(arguments.ReadUInt32()), Side(arguments.ReadUInt32()), Side(arguments.ReadUInt32()), Side(arguments.ReadUInt32()));
                List<uint> offsets = Numbers(arguments), pitches = Numbers(arguments);
                var (count, format) = (arguments.ReadUInt32(), arguments.ReadUInt32());
                int width = Side(arguments.ReadUInt32()), height = Side(arguments.ReadUInt32());
                // A list may be longer than there are planes (dbus_scanout_dmabuf gives all of its arrays).
                var planes = descriptors.Take(Side(count)).Zip(offsets, pitches).Select(plane => new BufferPlane(plane.First, plane.Second, plane.Third)).ToValueList();
                foreach (var descriptor in descriptors.Skip(planes.Count))
                    descriptor.Dispose();
                screen.ScanoutBuffer(new(planes, width, height, part, format, arguments.ReadUInt64(), UpsideDown: arguments.ReadBoolean()));
            }),
        ],
        [],
        []);

    private static List<uint> Numbers(MessageReader arguments) => arguments.ReadArray("u", static body => body.ReadUInt32());

    private static async Task<WriteBody?> AnswerWhenShownAsync(Task shown)
    {
        await shown.ConfigureAwait(false);
        return null;
    }

    private delegate void Take(MessageReader arguments);

    private static BusMethod Method(string name, string signature, Take take) => new(
        name, Parameters(signature), [], (_, arguments) =>
        {
            take(arguments);
            return Done;
        });

    private static List<BusParameter> Parameters(string signature)
    {
        var parameters = new List<BusParameter>();
        for (var at = 0; at < signature.Length; at += parameters[^1].Signature.Length)
            parameters.Add(new($"value{parameters.Count}", signature[at] == 'a' ? signature.Substring(at, 2) : signature.Substring(at, 1)));
        return parameters;
    }

    // What is too large for an int is too large for a screen too, and refused as such.
    private static int Side(uint value) => value > int.MaxValue ? int.MaxValue : (int)value;
}
