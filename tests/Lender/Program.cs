using System.Globalization;
using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Outputs;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Presenting;

const string Usage = """
    Usage: lender CARD SOCKET

    Plays the manager to presenters, by hand and in the virtual PC: it is master of the card /dev/dri/cardN and lends its connectors. Each
    line of its input is an order; what presenters tell comes out as lines of JSON, each behind the connector's name.

      lend CONNECTOR SEAT | guest CONNECTOR NAME | no-guest CONNECTOR | status CONNECTOR HEADING | notice CONNECTOR WORDS | ask CONNECTOR NAME | look CONNECTOR | turn CONNECTOR DEGREES | revoke CONNECTOR | end CONNECTOR
      move CONNECTOR buffers|parts|memory FRAMES WIDTH HEIGHT: a guest whose picture moves, be it a part of what is in its buffers
    """;

if (args is not [var node, var path])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using var card = DrmCard.Open(node);
card.Understand(DrmClientCapability.UniversalPlanes);
card.SetMaster();
using var libvirt = LibvirtConnection.Open("qemu:///system");
var lent = new Dictionary<string, Lent>();
var moving = new Dictionary<string, MovingGuest>();
Say("ready");
while (Console.ReadLine() is { } line)
{
    try
    {
        Obey(line.Split(' ', 3));
        Say($"done {line}");
    }
    catch (Exception exception) when (exception is IOException or LibvirtException or KeyNotFoundException)
    {
        Say($"failed {line}: {exception.Message}");
    }
}

return 0;

void Obey(string[] words)
{
    switch (words)
    {
        case ["lend", var name, var seat]:
            var connector = card.Resources().Connectors.Select(card.Connector).First(one => one.Name == name);
            var taken = lent.Values.Where(one => !one.IsRevoked).SelectMany(one => one.Output.Objects).ToHashSet();
            if (CardOutputs.Choose(card, [connector], taken) is not [var output])
                throw new LinuxException(Errno.EBUSY, $"could not find a CRTC and a plane for {name}");
            using (var lease = card.CreateLease([.. output.Objects]))
            {
                var one = lent[name] = new(output, lease.Lessee, SeqPacketSocket.Connect(path));
                Order(one, new TakeScreen(seat), lease.Descriptor);
                new Thread(() => Listen(name, one.Presenter)) { IsBackground = true }.Start();
            }

            break;
        case ["guest", var name, var guest]:
            using (var domain = libvirt.Find(guest) ?? throw new KeyNotFoundException($"libvirt has no guest '{guest}'"))
            using (var display = domain.OpenGraphics(0))
                Order(lent[name], new ShowGuest(guest), display);
            break;
        case ["move", var name, var how]:
            Move(name, how.Split(' '));
            break;
        case ["no-guest", var name]:
            Order(lent[name], new ShowNoGuest());
            break;
        case ["status", var name, var heading]:
            Order(lent[name], new ShowStatus(heading, []));
            break;
        case ["notice", var name, var text]:
            Order(lent[name], new ShowNotice([text], false));
            break;
        case ["ask", var name, var screen]:
            Order(lent[name], new AskWhoIsThere(screen, "4827"));
            break;
        case ["look", var name]:
            Order(lent[name], new LookAtMonitor());
            break;
        case ["turn", var name, var degrees]:
            Order(lent[name], new TurnScreen((Rotation)int.Parse(degrees, CultureInfo.InvariantCulture)));
            break;
        case ["revoke", var name]:
            card.RevokeLease(lent[name].Lessee);
            // Its presenter is still there, and is not told.
            lent[name] = lent[name] with { IsRevoked = true };
            break;
        case ["end", var name]:
            // Closing would wait for whoever listens, and so end nothing.
            lent[name].Presenter.EndSending();
            lent.Remove(name);
            break;
        default:
            throw new KeyNotFoundException($"it is no order\n{Usage}");
    }
}

void Move(string name, string[] words)
{
    if (words is not [var how and ("buffers" or "parts" or "memory"), var frames, var width, var height])
        throw new KeyNotFoundException($"it is no order\n{Usage}");
    var size = (Width: int.Parse(width, CultureInfo.InvariantCulture), Height: int.Parse(height, CultureInfo.InvariantCulture));
    (int X, int Y)? at = how == "parts" ? (64, 32) : null;
    var (x, y) = at ?? default;
    var buffers = Enumerable.Range(0, how == "memory" ? 0 : 3).Select(_ => card.CreateBuffer(size.Width + 2 * x, size.Height + 2 * y, DrmFormat.Xrgb8888)).ToList();
    if (moving.Remove(name, out var former))
        former.Dispose();
    var guest = moving[name] = new(size.Width, size.Height, buffers, at);
    using (var display = guest.OpenAsync().GetAwaiter().GetResult())
        Order(lent[name], new ShowGuest("moving"), display);
    _ = ReportAsync();

    async Task ReportAsync()
    {
        try
        {
            var (answered, longest) = await guest.MoveAsync(int.Parse(frames, CultureInfo.InvariantCulture), waits: true);
            Say($"{name} moved {answered} {longest}");
        }
        catch (Exception exception) when (exception is BusException or IOException or TimeoutException)
        {
            Say($"{name} moved not: {exception.Message}");
        }
    }
}

static void Order(Lent to, PresenterOrder order, FileDescriptor? passed = null) =>
    to.Presenter.Send(JsonSerializer.SerializeToUtf8Bytes(order, PresentingJson.Default.PresenterOrder), passed);

static void Listen(string connector, SeqPacketSocket presenter)
{
    var packet = new byte[SeqPacketSocket.LargestPacket];
    try
    {
        while (presenter.Receive(packet, out _) is > 0 and var length)
            Say($"{connector} {System.Text.Encoding.UTF8.GetString(packet.AsSpan(0, length))}");
    }
    catch (Exception exception) when (exception is LinuxException or ObjectDisposedException)
    {
        Say($"{connector} {exception.Message}");
    }

    Say($"{connector} ended");
}

static void Say(string line)
{
    lock (Console.Out)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }
}

/// <summary>What a presenter has.</summary>
sealed record Lent(Output Output, uint Lessee, SeqPacketSocket Presenter)
{
    public bool IsRevoked { get; init; }
}
