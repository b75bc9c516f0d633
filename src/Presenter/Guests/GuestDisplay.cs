using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Guests;

/// <summary>
/// A connection to a QEMU's D-Bus display, without a bus (docs/interop/dbus-display in QEMU). QEMU waits for a listener's first answers
/// in its main loop, with the guest standing still: so all is exported before it hears of the listener, and nothing here waits for QEMU
/// on the thread that answers it.
/// </summary>
internal sealed class GuestDisplay : IAsyncDisposable
{
    private const string Listener = "org.qemu.Display1.Listener", Console = "org.qemu.Display1.Console";
    private static readonly Task<WriteBody?> Done = Task.FromResult<WriteBody?>(null);
    private readonly BusConnection _qemu;
    private readonly BusConnection _listener;
    private readonly string _console;

    private GuestDisplay(BusConnection qemu, BusConnection listener, int head)
    {
        (_qemu, _listener, _console) = (qemu, listener, $"/org/qemu/Display1/Console_{head}");
        Gone = GoneAsync();
    }

    /// <summary>Completes, with the reason, when QEMU has closed the connection.</summary>
    public Task<string> Gone { get; }

    /// <summary>Asks QEMU for the pictures of one of its guest's screens; the first comes with the answer.</summary>
    public static async Task<GuestDisplay> ConnectAsync(FileDescriptor socket, int head, GuestScreen screen)
    {
        var qemu = BusConnection.OpenPeer(socket);
        var (ours, theirs) = FileDescriptor.StreamPair(nonBlocking: true);
        var listener = BusConnection.OpenPeer(ours);
        var display = new GuestDisplay(qemu, listener, head);
        using (theirs)
        {
            try
            {
                await listener.ExportAsync("/org/qemu/Display1/Listener", Describe(screen)).ConfigureAwait(false);
                await qemu.CallAsync(new(null, display._console, Console, "RegisterListener", body => body.Write(theirs))).ConfigureAwait(false);
                return display;
            }
            catch
            {
                await display.DisposeAsync().ConfigureAwait(false);
                throw;
            }
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

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _qemu.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<string> GoneAsync()
    {
        var first = await Task.WhenAny(_qemu.Ended, _listener.Ended).ConfigureAwait(false);
        return first.Exception?.InnerException?.Message ?? "The connection to the guest's display was closed.";
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
        // Without a list QEMU 10 takes it that nothing more is wanted than the above.
        [new("Interfaces", "as", body => body.Write(Array.Empty<string>()), Changes: false)],
        []);

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
