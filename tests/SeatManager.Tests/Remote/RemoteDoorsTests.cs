using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote;
using Phyllome.Seats.SeatManager.Remote;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Remote;

/// <summary>The doors at the other end of real sockets are the test's.</summary>
public sealed class RemoteDoorsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly RemoteDoor Left = new("left", "0.0.0.0:5901", "alice", ViewOnly: false) { Owner = "alice", Password = "kept", Certificate = "/its.pem" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly Scratch _scratch = new();
    private readonly SeqPacketSocket _listening;
    private readonly ConcurrentDictionary<string, FileDescriptor> _kept = new();
    private readonly BlockingCollection<ValueList<OpenedDoor>> _told = [];
    private readonly BlockingCollection<(string Seat, ViewerAsks Asks)> _asked = [];
    private readonly ConcurrentQueue<string> _warnings = new();

    public RemoteDoorsTests() => _listening = SeqPacketSocket.Listen(_scratch["remote.sock"]);

    private string Socket => Path.Combine(_scratch["remote"], "left");

    public void Dispose()
    {
        _listening.Dispose();
        _scratch.Dispose();
        _told.Dispose();
        _asked.Dispose();
    }

    [Fact]
    public async Task A_door_should_be_told_all_and_given_a_socket_that_any_user_may_come_to()
    {
        using var doors = Doors();
        using var left = await OpenAsync(doors);

        Assert.Equal([new OpenedDoor("left", Left, Socket, []) { Fingerprint = "AB:CD", Pin = "q80=" }], doors.Doors);
        Assert.Equal(["door@left"], _kept.Keys);
        Assert.Equal((UnixFileMode)0b110_110_110, File.GetUnixFileMode(Socket));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Who_comes_should_be_asked_about_let_in_and_told_of_until_they_go()
    {
        using var doors = Doors();
        using var left = await OpenAsync(doors);
        Tell(left, new ViewerAsks(7, "user 1000"));
        Assert.Equal(("left", new ViewerAsks(7, "user 1000")), Next(_asked));
        using (var display = FileDescriptor.OpenToRead("/dev/null"))
            doors.LetIn("left", 7, "alpha", display);
        Assert.Equal((new LetIn(7, "alpha"), true), Order(left));
        doors.TurnAway("left", 8, "alpha is off");
        Assert.Equal((new TurnAway(8, "alpha is off"), false), Order(left));

        Tell(left, new ViewerCame(7, "user 1000", "alpha"));
        await UntilAsync(doors => doors[0].Viewers == [new ViewerCame(7, "user 1000", "alpha")]);
        Tell(left, new ViewerGone(7));
        await UntilAsync(doors => doors[0].Viewers.Count == 0);
    }

    [Fact]
    public async Task Viewers_that_are_sent_away_should_count_as_gone_at_once()
    {
        using var doors = Doors();
        using var left = await OpenAsync(doors);
        Tell(left, new ViewerCame(7, "user 1000", "alpha"));
        await UntilAsync(doors => doors[0].Viewers.Count == 1);
        doors.EndViewers("left");
        Assert.Empty(doors.Doors[0].Viewers);
        Assert.Equal(new EndViewers(), Order(left).Order);
    }

    [Fact]
    public async Task A_change_should_be_told_without_a_socket_and_who_is_there_stay()
    {
        using var doors = Doors();
        using var left = await OpenAsync(doors);
        Tell(left, new ViewerCame(7, "user 1000", "alpha"));
        await UntilAsync(doors => doors[0].Viewers.Count == 1);
        var elsewhere = Left with { Listen = "0.0.0.0:5999" };
        var changing = doors.ChangeAsync(elsewhere, Cancellation);
        Assert.Equal((new OpenDoor("left", "0.0.0.0:5999", [1000], "alice", "kept", "PEM of /its.pem", ViewOnly: false), false), Order(left));
        Follow(left);
        await changing.WaitAsync(Long, Cancellation);
        Assert.Equal(elsewhere, doors.Doors[0].As);
        Assert.Single(doors.Doors[0].Viewers);

        await doors.ChangeAsync(elsewhere with { ViewOnly = true }, Cancellation).WaitAsync(Long, Cancellation);
        Assert.Equal(new SetViewOnly(true), Order(left).Order);
        Assert.True(doors.Doors[0].As!.ViewOnly);
    }

    /// <summary>A port that another program has leaves the socket as it is; the next plan tells it again.</summary>
    [Fact]
    public async Task A_door_that_cannot_listen_should_stay_open_at_its_socket_and_say_why()
    {
        using var doors = Doors();
        var opening = doors.OpenAsync(Left, Cancellation);
        using var left = _listening.Accept();
        Assert.IsType<OpenDoor>(Order(left).Order);
        Follow(left, refusal: "could not listen at 0.0.0.0:5901 for seat left: another program has that port; choose another port");
        Assert.EndsWith("choose another port", (await Assert.ThrowsAsync<IOException>(() => opening.WaitAsync(Long, Cancellation))).Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(doors.Doors).As);
        Assert.Equal(["door@left"], _kept.Keys);
    }

    [Fact]
    public async Task A_door_that_does_not_open_should_be_ended_and_leave_nothing()
    {
        using var doors = Doors();
        var opening = doors.OpenAsync(Left, Cancellation);
        using (var left = _listening.Accept())
        {
            Order(left);
            Tell(left, new DoorRefused("could not open the door: its socket is none"));
            Tell(left, new DoorState("", null, ViewOnly: false, []));
            Assert.Contains("its socket is none", (await Assert.ThrowsAsync<IOException>(() => opening.WaitAsync(Long, Cancellation))).Message, StringComparison.Ordinal);
            Order(left);
            Assert.Null(Order(left).Order);
        }

        Assert.Empty(doors.Doors);
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task A_door_that_is_killed_should_be_told_of_and_make_way_for_another()
    {
        using var doors = Doors();
        using (await OpenAsync(doors))
        {
        }

        await UntilAsync(doors => doors.Count == 0);
        Assert.Contains("has ended; another one takes its place", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Empty(_kept);
        using var again = await OpenAsync(doors);
        Assert.Single(doors.Doors);
    }

    [Fact]
    public async Task A_door_that_dies_while_it_is_opened_should_be_said_at_once()
    {
        using var doors = Doors();
        var opening = doors.OpenAsync(Left, Cancellation);
        using (var left = _listening.Accept())
            Order(left);
        await Assert.ThrowsAsync<LinuxException>(() => opening.WaitAsync(TimeSpan.FromSeconds(4), Cancellation));
        Assert.Empty(doors.Doors);
    }

    [Fact]
    public async Task A_door_that_is_closed_should_be_ended_whoever_keeps_a_copy_and_its_socket_go()
    {
        using var doors = Doors();
        using var left = await OpenAsync(doors);
        doors.Close("left");
        Assert.Null(Order(left).Order);
        Assert.Empty(doors.Doors);
        Assert.Empty(_kept);
        Assert.False(File.Exists(Socket));
        doors.Close("left");
    }

    [Fact]
    public async Task The_next_manager_should_find_who_is_there_and_no_viewer_go_with_this_one()
    {
        SeqPacketSocket left;
        using (var doors = Doors())
            left = await OpenAsync(doors);
        using (left)
        {
            using var next = Doors();
            var restoring = Task.Run(() => next.Restore([("door@left", _kept["door@left"].Duplicate())]), Cancellation);
            Assert.Equal(new TellDoor(), Order(left).Order);
            Tell(left, new DoorState("left", "0.0.0.0:5901", ViewOnly: false, [new(7, "10.0.0.5:51000", "alpha")]));
            await restoring.WaitAsync(Long, Cancellation);
            Assert.Equal([new OpenedDoor("left", null, Socket, [new(7, "10.0.0.5:51000", "alpha")])], next.Doors);
            Assert.True(File.Exists(Socket));
        }
    }

    [Fact]
    public async Task A_door_that_does_not_say_whose_it_is_should_be_ended()
    {
        using var doors = Doors();
        var (ours, theirs) = SeqPacketSocket.Pair();
        using (theirs)
        {
            var restoring = Task.Run(() => doors.Restore([("door@left", ours.Descriptor)]), Cancellation);
            Order(theirs);
            Tell(theirs, new DoorState("right", null, ViewOnly: false, []));
            await restoring.WaitAsync(Long, Cancellation);
            Assert.Empty(doors.Doors);
            Assert.Contains("it is that of seat 'right'", Assert.Single(_warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_had_should_open_no_door()
    {
        using var doors = Doors(_ => throw new IOException("the certificate /its.pem could not be read"));
        await Assert.ThrowsAsync<IOException>(() => doors.OpenAsync(Left, Cancellation));
        Assert.Empty(doors.Doors);
        var opening = doors.OpenAsync(Left with { Listen = null, Certificate = null }, Cancellation);
        using var left = _listening.Accept();
        Assert.Null(((OpenDoor)Order(left).Order!).Certificate);
        Follow(left);
        await opening.WaitAsync(Long, Cancellation);
    }

    [Theory]
    [InlineData("left", "left")]
    [InlineData("l3-ft_x", "l3-ft_x")]
    public void A_socket_should_be_called_as_its_seat(string seat, string file) => Assert.Equal(file, DoorName.FileOf(seat));

    [Fact]
    public void A_long_name_should_fit_into_a_sockets_path_and_be_told_from_another()
    {
        string one = new('a', 249), other = one + "b";
        Assert.Equal(60, DoorName.FileOf(one).Length);
        Assert.NotEqual(DoorName.FileOf(one), DoorName.FileOf(other));
        Assert.Equal(one, DoorName.SeatOf(DoorName.Stored(one)));
        Assert.InRange(DoorName.Stored(other).Length, 1, 255);
        Assert.Null(DoorName.SeatOf("card0-DP-1@1"));
    }

    private RemoteDoors Doors(Func<string?, DoorCertificate>? certificates = null)
    {
        var doors = new RemoteDoors(
            _scratch["remote.sock"], _scratch["remote"], certificates ?? (file => new($"PEM of {file}", "AB:CD", "q80=")), name => name == "alice" ? 1000 : null,
            (name, descriptor) => _kept[name] = descriptor.Duplicate(), name => _kept.TryRemove(name, out _), _warnings.Enqueue);
        doors.Changed += open => _told.Add(open);
        doors.Asked += (seat, asks) => _asked.Add((seat, asks));
        return doors;
    }

    /// <summary>The door's end.</summary>
    private async Task<SeqPacketSocket> OpenAsync(RemoteDoors doors)
    {
        var opening = doors.OpenAsync(Left, Cancellation);
        var left = _listening.Accept();
        Assert.Equal((new OpenDoor("left", "0.0.0.0:5901", [1000], "alice", "kept", "PEM of /its.pem", ViewOnly: false), true), Order(left));
        // What it was handed is where somebody comes.
        using (var viewer = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            await viewer.ConnectAsync(new UnixDomainSocketEndPoint(Socket), Cancellation);
        Follow(left);
        await opening.WaitAsync(Long, Cancellation);
        return left;
    }

    /// <summary>As a door does: it says that it has followed, then what of it it could not do, then how it is.</summary>
    private static void Follow(SeqPacketSocket door, string? refusal = null)
    {
        Tell(door, new DoorOpened("left"));
        if (refusal is not null)
            Tell(door, new DoorRefused(refusal));
        Assert.Equal(new TellDoor(), Order(door).Order);
        Tell(door, new DoorState("left", null, ViewOnly: false, []));
    }

    private static void Tell(SeqPacketSocket door, RemoteNotice notice) => door.Send(JsonSerializer.SerializeToUtf8Bytes(notice, RemoteJson.Default.RemoteNotice));

    private static (RemoteOrder? Order, bool HasDescriptor) Order(SeqPacketSocket door)
    {
        var packet = new byte[16384];
        var length = door.Receive(packet, Long, out var passed);
        using (passed)
            return (length == 0 ? null : JsonSerializer.Deserialize(packet.AsSpan(0, length), RemoteJson.Default.RemoteOrder), passed is not null);
    }

    private static T Next<T>(BlockingCollection<T> told) => told.TryTake(out var one, Long) ? one : throw new TimeoutException("nothing was told");

    private async Task UntilAsync(Func<ValueList<OpenedDoor>, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Long);
        await Task.Run(() =>
        {
            while (!wanted(_told.Take(limit.Token)))
            {
            }
        }, Cancellation);
    }
}
