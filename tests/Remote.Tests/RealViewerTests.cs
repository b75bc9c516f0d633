using System.Net;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>A viewer that people use, at a real door, before a real QEMU, whose guest writes what is typed on its screen of text.</summary>
public sealed class RealViewerTests
{
    private const int CellWidth = 9, CellHeight = 16, Columns = 80;
    private const uint Tab = 0xff09;

    /// <summary>A boot sector for 16 bits: two marks, and then each key that is typed; the tabulator has a mode of another size set.</summary>
    private static readonly byte[] Writing =
    [
        0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x7c, // xor ax, ax; mov ds, ax; mov ss, ax; mov sp, 7c00
        0xb8, 0x03, 0x00, 0xcd, 0x10, 0xb4, 0x01, 0xb9, 0x07, 0x26, 0xcd, 0x10, // 80 x 25, without a cursor: it would blink
        0xbb, 0x07, 0x00, 0xb8, 0x3e, 0x0e, 0xcd, 0x10, 0xb8, 0x3e, 0x0e, 0xcd, 0x10, // >>
        0x31, 0xc0, 0xcd, 0x16, 0x3c, 0x09, 0x75, 0x07, 0xb8, 0x12, 0x00, 0xcd, 0x10, 0xeb, 0xf1, // a key; where it is the tabulator, 640 x 480
        0xb4, 0x0e, 0xbb, 0x07, 0x00, 0xcd, 0x10, 0xeb, 0xe8, // else it is written
    ];

    [Fact]
    public async Task TigerVNC_should_show_the_guest_through_TLS_and_follow_its_size_and_what_is_typed_there_come_in_unless_it_may_only_look()
    {
        var address = DoorFixture.FreeAddress();
        var certificate = DoorFixture.CertificateOf(address.Address);
        using var door = new DoorFixture();
        door.Open(door.Order(address) with { Certificate = certificate, Password = RemotePassword.Keep("secret") });
        using var qemu = await StartAsync();
        using var x = await XServer.StartAsync();
        using var viewer = TigerVnc.Start(x, $"{address.Address}::{address.Port}", certificate, "secret");
        var asks = await qemu.LetInAsync(door, "alpha");
        Assert.IsType<IPEndPoint>(IPEndPoint.Parse(asks.From));
        Assert.Equal(new ViewerCame(asks.Viewer, asks.From, "alpha"), door.Hear());
        using var guest = await RfbScreen.ConnectAsync(qemu.Vnc);
        using var screen = await RfbScreen.ConnectAsync(x.Vnc);
        await SeesAndTypesAsync(screen, guest);

        LookAlone(door, true);
        await screen.TypeAsync('x');
        // It has heard of that key when it shows the first of these, has sent it when it shows the second, and what it asks the third with comes after it.
        for (var at = 3; at < 6; at++)
        {
            await guest.TypeAsync('b');
            await IsWrittenAsync(guest, at);
            await ShowsAsync(screen, guest);
        }

        LookAlone(door, false);
        await screen.TypeAsync('y');
        await IsWrittenAsync(guest, at: 6);
        Assert.Equal(Cell(guest, 2), Cell(guest, 6));
        Assert.True(IsDark(guest, 7));
        await ShowsAsync(screen, guest);

        await screen.TypeAsync(Tab);
        await guest.UntilAsync("another size", () => (guest.Width, guest.Height) == (640, 480));
        await screen.TypeAsync('y');
        await guest.UntilAsync("a letter on a cleared screen", () => guest.Part(0, 0, 8, CellHeight).Any(pixel => pixel != 0) && guest.Part(8, 0, guest.Width - 8, guest.Height).All(pixel => pixel == 0));
        await ShowsAsync(screen, guest);

        door.Tell(new EndViewers());
        Assert.Equal(new ViewerGone(asks.Viewer), door.Hear());
        await viewer.EndAsync();
    }

    [Fact]
    public async Task TigerVNC_should_show_the_guest_by_the_socket_without_a_password()
    {
        using var door = new DoorFixture();
        door.Open(door.Order());
        using var qemu = await StartAsync();
        using var x = await XServer.StartAsync();
        using var viewer = TigerVnc.Start(x, door.Socket.ToString()!);
        var asks = await qemu.LetInAsync(door, "alpha");
        Assert.Equal(new ViewerCame(asks.Viewer, $"user {door.Me}", "alpha"), door.Hear());
        using var guest = await RfbScreen.ConnectAsync(qemu.Vnc);
        using var screen = await RfbScreen.ConnectAsync(x.Vnc);
        await SeesAndTypesAsync(screen, guest);
    }

    [Fact]
    public async Task TigerVNC_should_say_why_somebody_does_not_come_in()
    {
        var address = DoorFixture.FreeAddress();
        var certificate = DoorFixture.CertificateOf(address.Address);
        using var door = new DoorFixture();
        door.Open(door.Order(address) with { Certificate = certificate, Password = RemotePassword.Keep("secret") });
        using var x = await XServer.StartAsync();
        using (var wrong = TigerVnc.Start(x, $"{address.Address}::{address.Port}", certificate, "other"))
            Assert.Contains("The name or the password is wrong.", await wrong.EndAsync(), StringComparison.Ordinal);
        using var right = TigerVnc.Start(x, $"{address.Address}::{address.Port}", certificate, "secret");
        door.Tell(new TurnAway(door.Hear<ViewerAsks>().Viewer, "Guest 'alpha' is off: start it."));
        Assert.Contains("Guest 'alpha' is off: start it.", await right.EndAsync(), StringComparison.Ordinal);
    }

    private static async Task<RealQemu> StartAsync()
    {
        var disk = Path.GetTempFileName();
        try
        {
            var floppy = new byte[1440 * 1024];
            Writing.CopyTo(floppy, 0);
            (floppy[510], floppy[511]) = (0x55, 0xaa);
            await File.WriteAllBytesAsync(disk, floppy, TestContext.Current.CancellationToken);
            // QEMU has it open from here on.
            return await RealQemu.StartAsync("-drive", $"if=floppy,format=raw,file={disk}");
        }
        finally
        {
            File.Delete(disk);
        }
    }

    /// <summary>The guest is seen once it is ready, and a letter that is typed there is in it, and seen.</summary>
    private static async Task SeesAndTypesAsync(RfbScreen screen, RfbScreen guest)
    {
        await IsReadyAsync(guest);
        await ShowsAsync(screen, guest);
        await screen.TypeAsync('y');
        await IsWrittenAsync(guest, at: 2);
        await ShowsAsync(screen, guest);
    }

    private static void LookAlone(DoorFixture door, bool alone)
    {
        door.Tell(new SetViewOnly(alone));
        door.Tell(new TellDoor());
        Assert.Equal(alone, door.Hear<DoorState>().ViewOnly);
    }

    /// <summary>Its firmware writes no two letters alike first.</summary>
    private static Task IsReadyAsync(RfbScreen guest) => guest.UntilAsync(
        "the guest's two marks", () => IsText(guest) && !IsDark(guest, 0) && Cell(guest, 0).AsSpan().SequenceEqual(Cell(guest, 1)) && Enumerable.Range(2, Columns - 2).All(at => IsDark(guest, at)));

    private static Task IsWrittenAsync(RfbScreen guest, int at) => guest.UntilAsync($"letter {at} in the guest", () => !IsDark(guest, at));

    private static Task ShowsAsync(RfbScreen screen, RfbScreen guest) => screen.UntilAsync("the guest's picture in the viewer", () => screen.Shows(guest));

    private static bool IsText(RfbScreen guest) => (guest.Width, guest.Height) == (Columns * CellWidth, 25 * CellHeight);

    private static bool IsDark(RfbScreen guest, int at) => Cell(guest, at).All(pixel => pixel == 0);

    private static uint[] Cell(RfbScreen guest, int at) => guest.Part(at * CellWidth, 0, CellWidth, CellHeight);
}
