using System.Collections.Concurrent;
using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;
using Phyllome.Seats.SeatManager.Screens;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Screens;

/// <summary>The presenters at the other end of real sockets are the test's, and so is the card.</summary>
public sealed class MonitorLenderTests : IDisposable
{
    private const string First = "card0-DP-1", Second = "card0-DP-2", Third = "card0-DP-3";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly Scratch _scratch = new();
    private readonly SeqPacketSocket _listening;
    private readonly FakeCard _card = new();
    private readonly ConcurrentDictionary<string, FileDescriptor> _kept = new();
    private readonly BlockingCollection<ValueList<LentScreen>> _told = [];
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly ConcurrentQueue<string> _givenBack = new();
    private int _opened;

    public MonitorLenderTests() => _listening = SeqPacketSocket.Listen(_scratch["presenter.sock"]);

    public void Dispose()
    {
        _listening.Dispose();
        _scratch.Dispose();
        _told.Dispose();
    }

    [Fact]
    public async Task A_card_should_be_opened_once_and_each_presenter_get_a_lease_of_its_own()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        using var right = await LendAsync(lender, "right", Second);

        Assert.Equal((new TakeScreen("left"), true), Order(left));
        Assert.Equal((new TakeScreen("right"), true), Order(right));
        Assert.Equal(1, _opened);
        Assert.Equal([("DP-1", ""), ("DP-2", "10,11")], _card.Asked);
        Assert.Equal([new("left", First), new LentScreen("right", Second)], lender.Screens);
        Assert.Equal(["card0", $"{First}@1", $"{Second}@2"], _kept.Keys.Order());
    }

    [Fact]
    public async Task What_is_ordered_should_be_what_is_lent_and_be_told()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        Order(left);
        var words = new ShowStatus("Guest 'a' is off.", ["Start it."]);
        lender.Say(First, words);
        using (var display = Descriptor())
            lender.Show(First, "a", null, display);
        Assert.Equal((words, false), Order(left));
        Assert.Equal((new ShowGuest("a"), true), Order(left));
        Assert.Equal([new("left", First) { Guest = "a", Says = words }], lender.Screens);

        Send(left, new GuestGone("a", "its QEMU ended"));
        await UntilAsync(screens => screens is [{ Guest: null }]);
    }

    [Fact]
    public async Task A_monitor_that_stands_turned_should_be_said_to_from_the_first_and_when_it_is_turned_again()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, new("left", First) { Rotation = Rotation.Clockwise });
        Assert.Equal((new TakeScreen("left") { Rotation = Rotation.Clockwise }, true), Order(left));
        lender.Turn(First, Rotation.Half);
        Assert.Equal((new TurnScreen(Rotation.Half), false), Order(left));
        Assert.Equal([new("left", First) { Rotation = Rotation.Half }], lender.Screens);
    }

    [Fact]
    public async Task Of_a_guest_with_several_screens_each_monitor_should_show_its_own_and_be_shown_it_anew_when_the_display_is_lost()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        Order(left);
        var head = new GuestHead(1, 2, [0, 1]);
        using (var display = Descriptor())
            lender.Show(First, "a", head, display);
        Assert.Equal((new ShowGuest("a", 1) { IsOneOfSeveral = true }, true), Order(left));
        lender.ForgetTold("b");
        Assert.Equal([new("left", First) { Guest = "a", Head = head }], lender.Screens);
        lender.ForgetTold("a");
        Assert.Equal([new("left", First) { Guest = "a", Head = new(1, 2, []) }], lender.Screens);
    }

    [Fact]
    public async Task A_card_that_is_lent_of_should_look_at_its_connectors_when_it_is_asked_and_no_other()
    {
        using var lender = Lender();
        lender.LookAtConnectors();
        Assert.Equal(0, _card.Looked);
        using var left = await LendAsync(lender, "left", First);
        lender.LookAtConnectors();
        Assert.Equal(1, _card.Looked);
        Assert.Empty(_warnings);
        lender.LookAtConnectors();
        Assert.Contains("card0: could not read connector 31", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_listens_from_now_on_should_be_told_what_has_changed_before()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        var heard = new List<ValueList<LentScreen>>();
        lender.Changed += heard.Add;
        lender.Tell();
        Assert.Equal([new LentScreen("left", First)], Assert.Single(heard));
    }

    [Fact]
    public async Task A_notice_should_be_on_one_monitor_alone()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        using var right = await LendAsync(lender, "right", Second);
        Order(left);
        Order(right);
        var (notice, other) = (new ShowNotice(["You are now in: b"], false), new ShowNotice(["It failed."], true));
        lender.Notify(Second, notice);
        lender.Notify(First, other);
        lender.Notify(Third, notice);
        Assert.Equal((other, false), Order(left));
        Assert.Equal((notice, false), Order(right));
    }

    [Fact]
    public async Task A_presenter_that_ends_should_lose_its_lease_at_once_and_the_card_stay_open_for_the_next()
    {
        using var lender = Lender();
        var left = await LendAsync(lender, "left", First);
        left.Dispose();
        await UntilAsync(screens => screens.Count == 0);
        Assert.Equal([1u], _card.TakenBack);
        Assert.Equal(["card0"], _kept.Keys);
        Assert.Contains(First, Assert.Single(_warnings), StringComparison.Ordinal);

        using var next = await LendAsync(lender, "left", First);
        Assert.Equal(1, _opened);
    }

    [Fact]
    public async Task The_card_should_be_closed_with_the_last_monitor_that_is_taken_back()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        using var right = await LendAsync(lender, "right", Second);
        Order(left);
        Order(right);
        await TakeBackAsync(lender, First, left);
        Assert.False(_card.IsClosed);
        await TakeBackAsync(lender, Second, right);
        Assert.True(_card.IsClosed);
        Assert.Empty(_kept);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_lease_should_be_ended_only_when_its_presenter_has_let_go_of_the_monitor()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        Order(left);
        var back = lender.TakeBackAsync(First, CancellationToken.None);
        Assert.Null(Order(left).Order);
        // It draws a last frame, of which it may tell.
        Send(left, new GuestGone("a", "its QEMU ended"));
        Assert.Empty(_card.TakenBack);
        Assert.Contains($"{First}@1", _kept.Keys);
        Assert.False(back.IsCompleted);
        left.Dispose();
        await back.WaitAsync(Long, TestContext.Current.CancellationToken);
        Assert.Equal([1u], _card.TakenBack);
        Assert.Empty(_kept);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task From_a_presenter_that_hangs_the_monitor_should_be_taken_and_that_be_said()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        Order(left);
        await lender.TakeBackAsync(First, CancellationToken.None).WaitAsync(Long, TestContext.Current.CancellationToken);
        Assert.Equal([1u], _card.TakenBack);
        Assert.Contains($"at {First} did not let go of its monitor within 2 s", Assert.Single(_warnings), StringComparison.Ordinal);
        // By now it can't say anything any more.
        Assert.Equal(Errno.EPIPE, left.TrySend([1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_monitor_that_its_presenter_can_not_take_should_be_lent_to_none_and_it_be_said_why(bool byDesktop)
    {
        using var lender = Lender();
        var lending = LendingAsync(lender, byDesktop);
        var left = await Task.Run(_listening.Accept, TestContext.Current.CancellationToken);
        Order(left);
        Send(left, new OrderRefused("could not set the mode 7680x4320: Invalid argument (EINVAL)"));
        Assert.Null(Order(left).Order);
        left.Dispose();
        var failure = await Assert.ThrowsAsync<IOException>(() => lending.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.Equal("could not set the mode 7680x4320: Invalid argument (EINVAL)", failure.Message);
        AssertNothingIsLent(lender, byDesktop);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_presenter_that_ends_before_it_shows_anything_should_be_a_failure_to_show_and_not_be_replaced_at_once(bool byDesktop)
    {
        using var lender = Lender();
        var lending = LendingAsync(lender, byDesktop);
        (await Task.Run(_listening.Accept, TestContext.Current.CancellationToken)).Dispose();
        var failure = await Assert.ThrowsAsync<IOException>(() => lending.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.StartsWith("its presenter has ended", failure.Message, StringComparison.Ordinal);
        AssertNothingIsLent(lender, byDesktop);
    }

    [Fact]
    public async Task What_is_refused_of_a_screen_that_is_taken_should_be_said_and_end_nothing()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        Send(left, new OrderRefused("could not turn DP-1"));
        Send(left, new GuestGone("a", "its QEMU ended"));
        Send(left, new ScreenTakenBack("the lease of its monitor was ended"));
        left.Dispose();
        await UntilAsync(screens => screens.Count == 0);
        Assert.Equal([$"The presenter at {First}: could not turn DP-1.", $"The monitor at {First} was taken back from its presenter: the lease of its monitor was ended."], _warnings);
    }

    [Fact]
    public async Task A_presenter_that_says_that_its_screen_was_taken_back_should_be_no_failure()
    {
        using var lender = Lender();
        using var left = await LendByDesktopAsync(lender, "left", First, desktop: 3);
        Order(left);
        Send(left, new ScreenTakenBack("the lease of its monitor was ended"));
        left.Dispose();
        await UntilAsync(screens => screens.Count == 0);
        Assert.Equal([$"The monitor at {First} was taken back from its presenter: the lease of its monitor was ended."], _warnings);
        Assert.Equal(["3 card0-DP-1"], _givenBack);
    }

    [Fact]
    public async Task A_seat_should_get_what_the_hosts_own_page_has_of_a_card_that_drives_no_further_monitor()
    {
        using var lender = Lender();
        using var left = await LendAsync(lender, "left", First);
        using var page = await LendAsync(lender, Step.Host, Second);
        Order(page);
        _card.Most = 2;
        var lending = LendAsync(lender, "right", Third);
        Assert.Null(Order(page).Order);
        Assert.Empty(_card.TakenBack);
        page.Dispose();
        using var right = await lending;
        Assert.Equal([new("left", First), new LentScreen("right", Third)], lender.Screens);

        // The page takes nobody's, and a seat no other seat's.
        foreach (var other in new[] { Step.Host, "middle" })
            Assert.Equal(Errno.ENOSPC, (await Assert.ThrowsAsync<LinuxException>(() => LendingAsync(lender, new LentScreen(other, Second)))).Errno);
        Assert.Equal(2, lender.Screens.Count);
    }

    [Fact]
    public async Task The_next_manager_should_find_what_is_shown_and_end_who_does_not_say_it()
    {
        SeqPacketSocket left, right;
        using (var before = Lender())
        {
            left = await LendAsync(before, "left", First);
            right = await LendAsync(before, "right", Second);
        }

        using (left)
        {
            right.Dispose();
            var words = new ShowStatus("a", []);
            var answering = new Thread(() =>
            {
                while (Order(left).Order is not (TellAll or null))
                {
                }
                Send(left, new GuestShown("a", 1, 1));
                Send(left, new ScreenState("left", "a", words, [10, 11]) { Rotation = Rotation.Clockwise, Head = 1 });
            });
            answering.Start();
            using var lender = Lender();
            lender.Restore(_kept.Select(one => (one.Key, one.Value)).ToList());
            answering.Join();
            Assert.Equal([new("left", First) { Guest = "a", Says = words, Rotation = Rotation.Clockwise, Head = new(1, 0, []) }], lender.Screens);
            Assert.Contains(Second, Assert.Single(_warnings), StringComparison.Ordinal);
            Assert.Equal(["card0", $"{First}@1"], _kept.Keys.Order());

            using var again = await LendAsync(lender, "right", Second);
            Assert.Equal(("DP-2", "10,11"), _card.Asked[^1]);
        }
    }

    [Fact]
    public async Task A_monitor_that_a_desktop_leases_should_be_shown_on_without_the_card_and_go_back_to_it()
    {
        using var lender = Lender();
        using var left = await LendByDesktopAsync(lender, "left", First, desktop: 3, Rotation.Clockwise);
        Assert.Equal((new TakeScreen("left") { Rotation = Rotation.Clockwise }, true), Order(left));
        Assert.Equal(0, _opened);
        Assert.Equal([new("left", First) { Loan = new(3), Rotation = Rotation.Clockwise }], lender.Screens);
        Assert.Equal([$"{First}@desktop3"], _kept.Keys);
        using (var display = Descriptor())
            lender.Show(First, "a", null, display);
        Assert.Equal((new ShowGuest("a"), true), Order(left));

        await TakeBackAsync(lender, First, left);
        Assert.Equal(["3 card0-DP-1"], _givenBack);
        Assert.Empty(_kept);
        Assert.Empty(_card.TakenBack);
    }

    [Fact]
    public async Task What_a_desktop_ends_and_a_presenter_that_ends_should_leave_nothing_lent()
    {
        using var lender = Lender();
        using (var left = await LendByDesktopAsync(lender, "left", First, desktop: 3))
        {
            Order(left);
            lender.OnEnded(2, First);
            lender.OnEnded(3, Second);
            Assert.Single(lender.Screens);
            lender.OnEnded(3, First);
            Assert.Null(Order(left).Order);
            await UntilAsync(screens => screens.Count == 0);
        }

        (await LendByDesktopAsync(lender, "left", First, desktop: 3)).Dispose();
        await UntilAsync(screens => screens.Count == 0);
        Assert.Equal(2, _givenBack.Count);
    }

    [Fact]
    public async Task A_window_should_be_shown_by_a_presenter_that_has_a_connection_to_the_desktop()
    {
        using var lender = Lender();
        using var left = await TakenAsync(lender.LendAsync(
            new("left", First), new(3, IsWindow: true), () => Task.FromResult(Descriptor()), (_, _) => throw new InvalidOperationException("it is no lease"), CancellationToken.None));
        Assert.Equal((new TakeWindow("left", "DP-1"), true), Order(left));
        Assert.Equal([new("left", First) { Loan = new(3, IsWindow: true) }], lender.Screens);
        Assert.Equal([$"{First}@window3"], _kept.Keys);
        await TakeBackAsync(lender, First, left);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_lease_of_something_else_should_go_back_and_nothing_be_shown()
    {
        using var lender = Lender();
        var wrong = await Assert.ThrowsAsync<LinuxException>(() => lender.LendAsync(
            new("left", First), new(3), () => Task.FromResult(Descriptor()), (_, _) => throw new LinuxException(Errno.EBADMSG, "what the desktop gave is nothing of card0"),
            CancellationToken.None));
        Assert.Equal(Errno.EBADMSG, wrong.Errno);
        Assert.Equal(["3 card0-DP-1"], _givenBack);
        Assert.Empty(lender.Screens);
        Assert.Empty(_kept);
    }

    [Fact]
    public void What_is_no_lease_should_be_known_as_such()
    {
        using var something = Descriptor();
        Assert.Equal(Errno.EBADMSG, Assert.Throws<LinuxException>(() => new DesktopLease("/sys").ObjectsOf(something, First)).Errno);
    }

    [Fact]
    public async Task The_next_manager_should_go_on_with_what_a_desktop_leases_where_that_is_still_there()
    {
        SeqPacketSocket left, right;
        using (var before = Lender())
        {
            left = await LendByDesktopAsync(before, "left", First, desktop: 3);
            right = await LendByDesktopAsync(before, "right", Second, desktop: 4);
        }

        using (left)
        using (right)
        {
            var answering = new Thread(() =>
            {
                while (Order(left).Order is not (TellAll or null))
                {
                }
                Send(left, new ScreenState("left", "a", new("a", []), [10]) { Rotation = Rotation.Half, Head = 1 });
            });
            answering.Start();
            using var lender = Lender();
            lender.Restore(_kept.Select(one => (one.Key, one.Value)).ToList(), (loan, connector) => (loan, connector) == (new DesktopLoan(3), First));
            answering.Join();
            Assert.Equal([new("left", First) { Loan = new(3), Guest = "a", Head = new(1, 0, []), Says = new("a", []), Rotation = Rotation.Half }], lender.Screens);
            Assert.Equal([$"{First}@desktop3"], _kept.Keys);
        }
    }

    [Theory]
    [InlineData("card0-DP-1@desktop12", "card0-DP-1", false)]
    [InlineData("card0-DP-1@window12", "card0-DP-1", true)]
    [InlineData("card0-DP-1@12", null, false)]
    [InlineData("card0-DP-1@window", null, false)]
    [InlineData("desktop@12", null, false)]
    public void A_stored_name_should_say_which_desktop_is_behind_it(string name, string? connector, bool isWindow)
    {
        Assert.Equal(connector is null ? null : (connector, new DesktopLoan(12, isWindow)), StoredName.Loan(name));
        if (connector is not null)
            Assert.Equal(name, StoredName.OfLoan(connector, new(12, isWindow)));
    }

    [Theory]
    [InlineData("card0-DP-1@12", "card0-DP-1", 12u)]
    [InlineData("card0", null, 0u)]
    [InlineData("card0-DP-1", null, 0u)]
    [InlineData("card0-DP-1@-1", null, 0u)]
    public void A_stored_name_should_say_what_is_behind_it(string name, string? connector, uint lessee) =>
        Assert.Equal(connector is null ? null : (connector, lessee), StoredName.Screen(name));

    private void AssertNothingIsLent(MonitorLender lender, bool byDesktop)
    {
        Assert.Empty(lender.Screens);
        Assert.Empty(_kept);
        Assert.Equal(byDesktop ? [] : [1u], _card.TakenBack);
        Assert.Equal(!byDesktop, _card.IsClosed);
        Assert.Equal(byDesktop ? ["3 card0-DP-1"] : [], _givenBack);
        Assert.Empty(_warnings);
    }

    private MonitorLender Lender()
    {
        var lender = new MonitorLender(
            _scratch["presenter.sock"], descriptor => _card.Of(descriptor), (name, descriptor) => _kept[name] = descriptor.Duplicate(), name => _kept.TryRemove(name, out _), _warnings.Enqueue)
        {
            GiveBack = (desktop, connector) => _givenBack.Enqueue($"{desktop} {connector}"),
        };
        lender.Changed += screens => _told.Add(screens);
        return lender;
    }

    /// <summary>The presenter's end, which has taken the screen.</summary>
    private Task<SeqPacketSocket> LendAsync(MonitorLender lender, string seat, string connector) => LendAsync(lender, new(seat, connector));

    private Task<SeqPacketSocket> LendAsync(MonitorLender lender, LentScreen screen) => TakenAsync(LendingAsync(lender, screen));

    private Task<SeqPacketSocket> LendByDesktopAsync(MonitorLender lender, string seat, string connector, int desktop, Rotation rotation = Rotation.None) =>
        TakenAsync(LendingByDesktopAsync(lender, new(seat, connector) { Rotation = rotation }, desktop));

    /// <summary>Of the first monitor for left, of a card of ours or of a desktop.</summary>
    private Task LendingAsync(MonitorLender lender, bool byDesktop) => byDesktop ? LendingByDesktopAsync(lender, new("left", First), 3) : LendingAsync(lender, new LentScreen("left", First));

    private Task LendingAsync(MonitorLender lender, LentScreen screen) => lender.LendAsync(screen, () => Task.FromResult(Opened()), CancellationToken.None);

    private static Task LendingByDesktopAsync(MonitorLender lender, LentScreen screen, int desktop) =>
        lender.LendAsync(screen, new(desktop), () => Task.FromResult(Descriptor()), (_, _) => [10, 11], CancellationToken.None);

    private async Task<SeqPacketSocket> TakenAsync(Task lending)
    {
        var presenter = await Task.Run(_listening.Accept);
        Send(presenter, new ScreenTaken("DP-1", 1920, 1080, 60_000));
        await lending.WaitAsync(Long, TestContext.Current.CancellationToken);
        return presenter;
    }

    private static void Send(SeqPacketSocket presenter, PresenterNotice notice) =>
        presenter.Send(JsonSerializer.SerializeToUtf8Bytes(notice, PresentingJson.Default.PresenterNotice));

    /// <summary>The presenter ends when it is told to.</summary>
    private async Task TakeBackAsync(MonitorLender lender, string connector, SeqPacketSocket presenter)
    {
        var back = lender.TakeBackAsync(connector, CancellationToken.None);
        Assert.Null(Order(presenter).Order);
        Assert.Empty(_givenBack);
        presenter.Dispose();
        await back.WaitAsync(Long, TestContext.Current.CancellationToken);
    }

    private FileDescriptor Opened()
    {
        _opened++;
        return Descriptor();
    }

    private async Task UntilAsync(Func<ValueList<LentScreen>, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Long);
        await Task.Run(() =>
        {
            while (!wanted(_told.Take(limit.Token)))
            {
            }
        });
    }

    private static (PresenterOrder? Order, bool HasDescriptor) Order(SeqPacketSocket presenter)
    {
        var packet = new byte[4096];
        var length = presenter.Receive(packet, Long, out var passed);
        using (passed)
            return (length == 0 ? null : JsonSerializer.Deserialize(packet.AsSpan(0, length), PresentingJson.Default.PresenterOrder), passed is not null);
    }

    private static FileDescriptor Descriptor() => FileDescriptor.OpenToRead("/dev/null");

    private sealed class FakeCard : ILendingCard
    {
        private uint _last;

        public List<(string Connector, string Taken)> Asked { get; } = [];

        public List<uint> TakenBack { get; } = [];

        public bool IsClosed { get; private set; }

        /// <summary>How many monitors it can drive at once.</summary>
        public int Most { get; set; } = int.MaxValue;

        public FileDescriptor Descriptor { get; private set; } = null!;

        public FakeCard Of(FileDescriptor descriptor)
        {
            Descriptor = descriptor;
            return this;
        }

        public CardLease Lend(string connector, IReadOnlySet<uint> taken)
        {
            if (_last - TakenBack.Count >= Most)
                throw new LinuxException(Errno.ENOSPC, "the card can drive no further monitor");
            Asked.Add((connector, string.Join(',', taken.Order())));
            _last++;
            return new(_last, [_last * 10, (_last * 10) + 1], FileDescriptor.OpenToRead("/dev/null"));
        }

        public int Looked { get; private set; }

        public void Look()
        {
            Looked++;
            if (Looked > 1)
                throw new LinuxException(Errno.EACCES, "could not read connector 31");
        }

        public void TakeBack(uint lessee) => TakenBack.Add(lessee);

        public void Dispose()
        {
            IsClosed = true;
            Descriptor.Dispose();
        }
    }
}
