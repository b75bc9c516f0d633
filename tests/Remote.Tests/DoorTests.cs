using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>What the manager tells the door, and is told.</summary>
public sealed class DoorTests
{
    [Fact]
    public void Each_order_is_one_document_and_comes_back_as_it_was()
    {
        (RemoteOrder Order, string Text)[] orders =
        [
            (new OpenDoor("left", "0.0.0.0:5901", [1000], "anna", "1$a$b", "PEM", false), """{"do":"open-door","seat":"left","listen":"0.0.0.0:5901","users":[1000],"user":"anna","password":"1$a$b","certificate":"PEM","view-only":false}"""),
            (new OpenDoor("left", null, [], "", null, null, true), """{"do":"open-door","seat":"left","listen":null,"users":[],"user":"","password":null,"certificate":null,"view-only":true}"""),
            (new LetIn(3, "windows"), """{"do":"let-in","viewer":3,"guest":"windows"}"""),
            (new TurnAway(3, "No."), """{"do":"turn-away","viewer":3,"sentence":"No."}"""),
            (new SetViewOnly(true), """{"do":"set-view-only","view-only":true}"""),
            (new EndViewers(), """{"do":"end-viewers"}"""),
            (new TellDoor(), """{"do":"tell-door"}"""),
        ];
        foreach (var (order, text) in orders)
        {
            Assert.Equal(text, JsonSerializer.Serialize(order, RemoteJson.Default.RemoteOrder));
            Assert.Equal(order, JsonSerializer.Deserialize(text, RemoteJson.Default.RemoteOrder));
        }
    }

    [Fact]
    public async Task Asked_for_its_state_it_tells_all()
    {
        using var door = new DoorFixture();
        door.Tell(new TellDoor());
        Assert.Equal(new DoorState("", null, false, []), door.Hear());
        var address = DoorFixture.FreeAddress();
        door.Open(door.Order(address, viewOnly: true));
        var (viewer, number, qemu) = await door.LetInAsync("windows");
        using var waiting = await TestViewer.ConnectAsync(door.Socket);
        await waiting.AskAsync();
        door.Hear<ViewerAsks>();
        door.Tell(new TellDoor());
        Assert.Equal(new DoorState("left", address.ToString(), true, [new(number, $"user {door.Me}", "windows")]), door.Hear());
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public void A_door_without_a_socket_is_none()
    {
        using var door = new DoorFixture();
        door.Tell(door.Order());
        Assert.Equal("could not open the door of seat 'left': no socket to listen at came with the order", door.Hear<DoorRefused>().Sentence);
        var (one, other) = FileDescriptor.StreamPair(nonBlocking: false);
        using (one)
        using (other)
            door.Tell(door.Order(), one);
        Assert.StartsWith("could not open the door of seat 'left': what came is no listening unix socket", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        using var file = new EventFd();
        door.Tell(door.Order(), file.Descriptor);
        Assert.StartsWith("could not open the door of seat 'left': ", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        door.Tell(new TellDoor());
        Assert.Equal(new DoorState("", null, false, []), door.Hear());
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said_and_the_socket_serves()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        using var door = new DoorFixture();
        door.Open(door.Order((IPEndPoint)taken.LocalEndPoint!));
        Assert.Equal(
            $"could not listen at {taken.LocalEndPoint} for seat left: Address already in use (EADDRINUSE); choose another port in remote.listen",
            door.Hear<DoorRefused>().Sentence);
        door.Tell(new TellDoor());
        Assert.Null(door.Hear<DoorState>().Listen);
        var (viewer, _, qemu) = await door.LetInAsync("windows");
        viewer.Dispose();
        qemu.Dispose();
    }

    [Theory]
    [InlineData("192.0.2.1:5901", "Cannot assign requested address (EADDRNOTAVAIL); choose an address of this PC, or 0.0.0.0, in remote.listen")]
    [InlineData("localhost:5901", "it is no address with a port, as 0.0.0.0:5901 is; write such a one in remote.listen")]
    [InlineData("127.0.0.1", "it is no address with a port, as 0.0.0.0:5901 is; write such a one in remote.listen")]
    public void An_address_that_is_none_of_this_PC_is_said(string listen, string reason)
    {
        using var door = new DoorFixture();
        door.Open(door.Order(DoorFixture.FreeAddress()) with { Listen = listen });
        Assert.Equal($"could not listen at {listen} for seat left: {reason}", door.Hear<DoorRefused>().Sentence);
    }

    [Theory]
    [InlineData(null, "no certificate came with the order")]
    [InlineData("", "its certificate cannot be used: ")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "its certificate cannot be used: ")]
    public void A_certificate_that_is_none_is_said_and_nothing_listens(string? certificate, string reason)
    {
        using var door = new DoorFixture();
        var address = DoorFixture.FreeAddress();
        door.Open(door.Order(address) with { Certificate = certificate });
        Assert.StartsWith($"could not listen at {address} for seat left: {reason}", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        door.Tell(new TellDoor());
        Assert.Null(door.Hear<DoorState>().Listen);
    }

    [Fact]
    public void A_key_of_another_certificate_is_said()
    {
        using var door = new DoorFixture();
        using var other = System.Security.Cryptography.ECDsa.Create();
        var certificate = DoorFixture.Certificate[..DoorFixture.Certificate.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)];
        door.Open(door.Order(DoorFixture.FreeAddress()) with { Certificate = certificate + other.ExportPkcs8PrivateKeyPem() });
        Assert.Contains("its certificate cannot be used", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Told_anew_it_listens_elsewhere_asks_for_another_password_and_keeps_who_is_in()
    {
        using var door = new DoorFixture();
        IPEndPoint first = DoorFixture.FreeAddress(), second = DoorFixture.FreeAddress();
        door.Open(door.Order(first));
        using var before = await TestViewer.ConnectAsync(first);
        var from = ((NetworkStream)before.Stream).Socket.LocalEndPoint!.ToString()!;
        await before.EncryptAsync();
        await before.GivePasswordAsync("anna", "secret");
        var (_, qemu) = await door.AnswerAsync(before, from, "windows");

        door.Tell(door.Order(second) with { User = "bert", Password = DoorFixture.Kept("changed") });
        Assert.Equal(new DoorOpened("left"), door.Hear());
        await before.Stream.SayAsync(Messages.UpdateRequest);
        Assert.Equal(Messages.UpdateRequest, await qemu.Stream.HearAsync(10));
        await Assert.ThrowsAsync<SocketException>(() => TestViewer.ConnectAsync(first));
        using var old = await TestViewer.ConnectAsync(second);
        await old.EncryptAsync();
        await old.GivePasswordAsync("anna", "secret");
        Assert.Equal("The name or the password is wrong.", await old.HearNoAsync());
        using var after = await TestViewer.ConnectAsync(second);
        from = ((NetworkStream)after.Stream).Socket.LocalEndPoint!.ToString()!;
        await after.EncryptAsync();
        await after.GivePasswordAsync("bert", "changed");
        var (_, other) = await door.AnswerAsync(after, from, "windows");

        // And nowhere but at its socket.
        door.Tell(door.Order());
        Assert.Equal(new DoorOpened("left"), door.Hear());
        await Assert.ThrowsAsync<SocketException>(() => TestViewer.ConnectAsync(second));
        var (viewer, _, third) = await door.LetInAsync("windows");
        foreach (var left in (IDisposable[])[viewer, qemu, other, third])
            left.Dispose();
    }

    [Fact]
    public async Task Told_anew_the_same_address_it_goes_on_listening_and_a_guest_that_was_refused_is_let_in_where_it_is_free_now()
    {
        var address = DoorFixture.FreeAddress();
        using var door = new DoorFixture();
        using (var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            taken.Bind(address);
            taken.Listen();
            door.Open(door.Order(address));
            Assert.Contains("EADDRINUSE", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        }

        for (var i = 0; i < 2; i++)
        {
            door.Tell(door.Order(address));
            Assert.Equal(new DoorOpened("left"), door.Hear());
            using var viewer = await TestViewer.ConnectAsync(address);
            Assert.Equal([19], await viewer.HearTypesAsync());
        }
    }

    [Fact]
    public async Task A_manager_that_does_not_answer_is_said_and_one_that_comes_back_finds_all()
    {
        using var door = new DoorFixture(new() { Answer = TimeSpan.FromMilliseconds(50) });
        door.Open(door.Order());
        using var viewer = await TestViewer.ConnectAsync(door.Socket);
        await viewer.AskAsync();
        Assert.Equal(
            "Nobody said within 0.05 s which guest there is to see, so the seats' manager is not there now: try again in a minute.", await viewer.HearNoAsync());
        // All that it was told meanwhile waits for it.
        var asks = door.Hear<ViewerAsks>();
        Assert.Equal(new ViewerGone(asks.Viewer), door.Hear());
        using var late = Qemu.Make();
        door.Tell(new LetIn(asks.Viewer, "windows"), late.Theirs);
        late.Theirs.Dispose();
        await late.Stream.HearEndAsync();
    }

    [Fact]
    public async Task A_manager_that_is_killed_changes_nothing_for_who_is_in_and_the_next_one_finds_them()
    {
        using var door = new DoorFixture();
        door.Open(door.Order());
        var (viewer, number, qemu) = await door.LetInAsync("windows");
        door.Restart();
        await viewer.Stream.SayAsync(Messages.Key('a', true));
        Assert.Equal(Messages.Key('a', true), await qemu.Stream.HearAsync(8));
        door.Tell(new TellDoor());
        Assert.Equal(new DoorState("left", null, false, [new(number, $"user {door.Me}", "windows")]), door.Hear());
        var (other, _, othersGuest) = await door.LetInAsync("work");
        foreach (var left in (IDisposable[])[viewer, other, qemu, othersGuest])
            left.Dispose();
    }

    [Fact]
    public async Task A_manager_that_does_not_read_keeps_nobody_waiting()
    {
        using var door = new DoorFixture(new() { Answer = TimeSpan.FromSeconds(3) });
        door.Open(door.Order());
        var (viewer, _, qemu) = await door.LetInAsync("windows");
        // More than the connection holds: what it does not hold is not told.
        for (var i = 0; i < 5000; i++)
            door.Tell(new TellDoor());
        using var behind = await TestViewer.ConnectAsync(door.Socket);
        await behind.AskAsync();
        Assert.StartsWith("Nobody said within", await behind.HearNoAsync(), StringComparison.Ordinal);
        await viewer.Stream.SayAsync(Messages.Key('a', true));
        Assert.Equal(Messages.Key('a', true), await qemu.Stream.HearAsync(8));
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public async Task When_the_connection_ends_with_its_last_copy_all_ends()
    {
        using var door = new DoorFixture();
        door.Open(door.Order());
        var (viewer, _, qemu) = await door.LetInAsync("windows");
        door.Close();
        await viewer.Stream.HearEndAsync();
        await qemu.Stream.HearEndAsync();
        door.HearEnd();
        // Its file is the manager's.
        Assert.True(File.Exists(door.Socket.ToString()));
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public async Task More_viewers_than_it_takes_are_told_so()
    {
        using var door = new DoorFixture(new() { Viewers = 2 });
        door.Open(door.Order());
        var (one, number, onesGuest) = await door.LetInAsync("windows");
        var (two, _, twosGuest) = await door.LetInAsync("windows");
        using var third = await TestViewer.ConnectAsync(door.Socket);
        await third.AskAsync();
        Assert.Equal("Seat 'left' has 2 viewers already: no more can see it at once.", await third.HearNoAsync());
        one.Dispose();
        Assert.Equal(new ViewerGone(number), door.Hear());
        var (fourth, _, fourthsGuest) = await door.LetInAsync("windows");
        foreach (var left in (IDisposable[])[two, fourth, onesGuest, twosGuest, fourthsGuest])
            left.Dispose();
    }

    [Fact]
    public async Task Whoever_says_nothing_is_not_waited_for_and_those_behind_get_their_place()
    {
        using var door = new DoorFixture(new() { Handshake = TimeSpan.FromMilliseconds(300), Callers = 1 });
        var address = DoorFixture.FreeAddress();
        door.Open(door.Order(address));
        using var silent = await TestViewer.ConnectAsync(door.Socket);
        using var silentToo = await TestViewer.ConnectAsync(address);
        using var behind = await TestViewer.ConnectAsync(address);
        await silent.Stream.HearAsync(12);
        await silent.Stream.HearEndAsync();
        await silentToo.Stream.HearAsync(12);
        await silentToo.Stream.HearEndAsync();
        await behind.Stream.HearAsync(12);
    }

    [Fact]
    public async Task Whoever_gives_no_password_is_not_waited_for_either()
    {
        using var door = new DoorFixture(new() { Typing = TimeSpan.FromMilliseconds(50) });
        var address = DoorFixture.FreeAddress();
        door.Open(door.Order(address));
        using var silent = await TestViewer.ConnectAsync(address);
        await silent.EncryptAsync();
        await silent.Stream.HearEndAsync();
    }

    [Fact]
    public async Task A_guest_that_does_not_show_itself_is_not_waited_for()
    {
        using var door = new DoorFixture(new() { Guest = TimeSpan.FromMilliseconds(50) });
        door.Open(door.Order());
        using var viewer = await TestViewer.ConnectAsync(door.Socket);
        await viewer.AskAsync();
        using var qemu = Qemu.Make();
        door.Tell(new LetIn(door.Hear<ViewerAsks>().Viewer, "windows"), qemu.Theirs);
        Assert.Equal("The display of guest 'windows' cannot be shown: its QEMU did not show it within 0.05 s.", await viewer.HearNoAsync());
    }

    [Fact]
    public async Task A_viewer_that_takes_nothing_makes_the_guest_wait_and_then_goes()
    {
        using var door = new DoorFixture(new() { Stall = TimeSpan.FromMilliseconds(300) });
        door.Open(door.Order());
        var (viewer, number, qemu) = await door.LetInAsync("windows");
        var sent = 0L;
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
            {
                await qemu.Stream.SayAsync(new byte[100_000]);
                sent += 100_000;
            }
        });
        // What the kernel's buffers hold, and the bridge's own.
        Assert.InRange(sent, 1, 10_000_000);
        Assert.Equal(new ViewerGone(number), door.Hear());
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public async Task A_guest_that_takes_nothing_ends_its_viewer()
    {
        using var door = new DoorFixture(new() { Stall = TimeSpan.FromSeconds(1) });
        door.Open(door.Order());
        var (viewer, number, qemu) = await door.LetInAsync("windows");
        byte[] typed = [.. Messages.Key('a', true), .. Messages.CutText(new byte[1 << 20], isExtended: false), .. Messages.CutText(new byte[1 << 20], isExtended: false)];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await viewer.Stream.SayAsync(typed);
            while (true)
                await viewer.Stream.SayAsync(Messages.UpdateRequest);
        });
        Assert.Equal(new ViewerGone(number), door.Hear());
        // What QEMU would read later.
        var got = await qemu.Stream.HearAllAsync();
        Assert.InRange(got.Length, 9, typed.Length - 1);
        Assert.True(typed.AsSpan().StartsWith(got));
        viewer.Dispose();
        qemu.Dispose();
    }

    [Fact]
    public void What_is_no_order_is_said_and_the_next_is_followed()
    {
        using var door = new DoorFixture();
        door.TellText("""{"do":"burn"}""");
        Assert.StartsWith("could not understand an order: ", door.Hear<DoorRefused>().Sentence, StringComparison.Ordinal);
        door.Tell(new TellDoor());
        door.Hear<DoorState>();
    }
}
