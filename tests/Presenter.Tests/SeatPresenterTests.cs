using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>A presenter whose screen is taken from it, or that lets go of it; the manager and the screen are the test's.</summary>
public sealed class SeatPresenterTests : IDisposable
{
    private const string Ended = "the lease of its monitor was ended";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly SeqPacketSocket _manager;
    private readonly FileDescriptor _serviceManagers;
    private readonly LentScreen _screen = new();
    private readonly Thread _thread;
    private Exception? _failure;

    public SeatPresenterTests()
    {
        (_manager, var orders) = SeqPacketSocket.Pair();
        _serviceManagers = orders.Descriptor.Duplicate();
        var presenter = new SeatPresenter(orders, (lease, _) =>
        {
            lease.Dispose();
            return _screen;
        });
        _thread = new(() =>
        {
            using (presenter)
                _failure = Record.Exception(presenter.Run);
        });
        _thread.Start();
    }

    public void Dispose()
    {
        _manager.Dispose();
        _serviceManagers.Dispose();
        Assert.True(_thread.Join(Long));
        _screen.Dispose();
    }

    [Fact]
    public void A_lease_that_has_ended_should_be_a_plain_end_and_be_told()
    {
        (_screen.OnCommit, _screen.TakenBack) = (Errno.ENOENT, Ended);
        Take();
        Assert.Equal(new ScreenTakenBack(Ended), Hear());
        Assert.Null(Hear());
        Assert.Null(Failure());
    }

    [Fact]
    public void A_card_that_takes_no_picture_while_the_screen_is_still_lent_should_be_a_failure()
    {
        _screen.OnCommit = Errno.EINVAL;
        Take();
        Assert.Null(Hear());
        Assert.Equal(Errno.EINVAL, Assert.IsType<LinuxException>(Failure()).Errno);
    }

    [Fact]
    public void A_mode_that_the_card_refuses_should_be_said_where_else_the_screen_would_be_taken()
    {
        _screen.OnLook = Errno.EINVAL;
        SendTake();
        Assert.Contains("(EINVAL)", Assert.IsType<OrderRefused>(Hear()).Sentence, StringComparison.Ordinal);
        _manager.EndSending();
        Assert.Null(Hear());
        Assert.True(_screen.IsLetGo);
        Assert.Null(Failure());
    }

    [Fact]
    public void An_order_that_finds_the_screen_taken_back_should_not_be_refused()
    {
        Take();
        (_screen.OnLook, _screen.TakenBack) = (Errno.ENOENT, Ended);
        Tell(new LookAtMonitor());
        Assert.Equal(new ScreenTakenBack(Ended), Hear());
        Assert.Null(Hear());
        Assert.Null(Failure());
    }

    [Fact]
    public void An_order_that_fails_on_a_screen_that_is_still_lent_should_be_refused_and_the_presenter_stay()
    {
        Take();
        _screen.OnLook = Errno.EINVAL;
        Tell(new LookAtMonitor());
        Assert.IsType<OrderRefused>(Hear());
        Tell(new TellAll());
        Assert.Equal("left", Assert.IsType<ScreenState>(Hear()).Seat);
    }

    [Fact]
    public void When_nothing_more_is_sent_it_should_let_go_of_its_screen_and_only_then_end_the_connection_be_there_a_copy_of_it()
    {
        Take();
        int? before = null;
        _screen.LetGo = () => before = _manager.TryReceive(new byte[SeqPacketSocket.LargestPacket], out _);
        _manager.EndSending();
        Assert.Null(Hear());
        Assert.True(_screen.IsLetGo);
        Assert.Null(before);
        Assert.Null(Failure());
    }

    [Fact]
    public void A_desktop_that_ends_should_be_a_plain_end_of_the_window_on_it()
    {
        var (desktops, ours) = FileDescriptor.StreamPair(nonBlocking: false);
        using (var desktop = new WaylandSocket(desktops))
        using (ours)
        {
            _manager.Send(JsonSerializer.SerializeToUtf8Bytes(new TakeWindow("left", "DP-1"), PresentingJson.Default.PresenterOrder), ours);
            var asked = new List<WireMessage>();
            // The registry, and then when all was said.
            while (asked.Count < 2)
            {
                Assert.NotEqual(PollEvents.None, Poll.Wait(desktop.Descriptor, PollEvents.In, Long));
                Assert.True(desktop.Receive(asked));
            }
        }

        Assert.Equal(new ScreenTakenBack("the desktop with the window on DP-1 has ended"), Hear());
        Assert.Null(Hear());
        Assert.Null(Failure());
    }

    private void Take()
    {
        SendTake();
        Assert.Equal(new ScreenTaken("DP-1", 64, 48, 60_000), Hear());
    }

    private void SendTake()
    {
        using var lease = FileDescriptor.OpenToRead("/dev/null");
        _manager.Send(JsonSerializer.SerializeToUtf8Bytes(new TakeScreen("left"), PresentingJson.Default.PresenterOrder), lease);
    }

    private void Tell(PresenterOrder order) => _manager.Send(JsonSerializer.SerializeToUtf8Bytes(order, PresentingJson.Default.PresenterOrder));

    /// <summary>Null where the connection has ended.</summary>
    private PresenterNotice? Hear()
    {
        var packet = new byte[SeqPacketSocket.LargestPacket];
        var length = _manager.Receive(packet, Long, out _);
        return length == 0 ? null : JsonSerializer.Deserialize(packet.AsSpan(0, length), PresentingJson.Default.PresenterNotice);
    }

    private Exception? Failure()
    {
        Assert.True(_thread.Join(Long));
        return _failure;
    }

    private sealed class LentScreen : IScreen
    {
        private readonly EventFd _flips = new();
        private bool _isDue, _hasMode;

        /// <summary>What the kernel says to a commit.</summary>
        public Errno OnCommit { get; set; }

        /// <summary>What it says to whoever looks at the monitor.</summary>
        public Errno OnLook { get; set; }

        public string? TakenBack { get; set; }

        public Action? LetGo { get; set; }

        public bool IsLetGo { get; private set; }

        public FileDescriptor Descriptor => _flips.Descriptor;

        public string Name => "DP-1";

        public ScreenSize Millimetres => new(300, 200);

        public ScreenMode? Mode => _hasMode ? new(64, 48, 60_000) : null;

        public ScreenSize? Seen => _hasMode ? new(64, 48) : null;

        public Rotation Rotation => Rotation.None;

        public string Told => "by the test";

        public IReadOnlyList<uint> Objects => [];

        public bool HasChanged => false;

        public bool LookAtMonitor()
        {
            Fail(OnLook);
            return !_hasMode && (_hasMode = true);
        }

        public bool Turn(Rotation rotation) => false;

        public void Changed(Area area) => _isDue = true;

        public Placement? Show(GuestBuffer buffer, out IReadOnlyList<string> refusal) => throw new NotSupportedException();

        public void FrameCame()
        {
        }

        public void ShowOwn()
        {
        }

        public bool ShowPointer(Pointer? pointer, int x, int y) => true;

        public bool ShowNotice(NoticePanel? panel) => true;

        public long? CommitAt(long now) => _isDue ? now : null;

        public bool Commit(DrawPart draw)
        {
            Fail(OnCommit);
            _isDue = false;
            return true;
        }

        public bool ReadFlips() => false;

        public void Dispose()
        {
            if (IsLetGo)
                return;
            LetGo?.Invoke();
            IsLetGo = true;
            _flips.Dispose();
        }

        private static void Fail(Errno errno)
        {
            if (errno != Errno.None)
                throw new LinuxException(errno, "could not do that to the card");
        }
    }
}
