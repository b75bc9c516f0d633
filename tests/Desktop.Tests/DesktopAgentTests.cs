using System.Runtime.Versioning;
using System.Text.Json;
using Phyllome.Seats.Desktops;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.Desktop.Tests;

/// <summary>The agent between a compositor and a manager, both the test's, at the other ends of real sockets.</summary>
public sealed class DesktopAgentTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("desktop-").FullName;
    private readonly FileDescriptor _card = FileDescriptor.OpenToRead("/dev/null");
    private readonly byte[] _packet = new byte[SeqPacketSocket.LargestPacket];
    private readonly Compositor _desktop;
    private readonly DesktopAgent _agent;
    private readonly Thread _running;
    private LinuxException? _failure;
    private int _connections;
    private SeqPacketSocket? _listening, _manager;

    public DesktopAgentTests()
    {
        // /dev/null is in the place of the card and of its leases.
        var (ours, its) = FileDescriptor.StreamPair(nonBlocking: false);
        _desktop = new(its, _card, ["DP-1"], ["DP-2"]);
        _agent = new(() => _connections++ == 0 ? ours : FileDescriptor.OpenToRead("/dev/zero"), Path.Combine(_folder, "seats", "desktop", "manager.sock"), card => card.CharacterDevice() is (1, 3) ? "card0" : null);
        _running = new(() =>
        {
            try
            {
                _agent.Run();
            }
            catch (LinuxException failure)
            {
                _failure = failure;
            }
        });
        _running.Start();
    }

    public void Dispose()
    {
        _agent.Stop();
        _running.Join();
        _agent.Dispose();
        _desktop.Dispose();
        _manager?.Dispose();
        _listening?.Dispose();
        _card.Dispose();
        Directory.Delete(_folder, recursive: true);
        Assert.Null(_failure);
    }

    [Fact]
    public void The_manager_should_be_told_what_the_desktop_shows_and_offers_whenever_it_comes()
    {
        Listen();
        Assert.Equal(new DesktopHas(["card0"], ["DP-1"], ["card0-DP-2"], []), Notice().Notice);
    }

    [Fact]
    public void Monitors_that_come_and_go_should_be_told()
    {
        Listen();
        Notice();
        _desktop.AddOutput("HDMI-A-1");
        Assert.Equal(["DP-1", "HDMI-A-1"], Has().Outputs);
        _desktop.RemoveOutput("DP-1");
        Assert.Equal(["HDMI-A-1"], Has().Outputs);
        _desktop.Withdraw("DP-2");
        Assert.Empty(Has().Offered);
        _desktop.Offer("DP-3");
        Assert.Equal(["card0-DP-3"], Has().Offered);
    }

    [Fact]
    public void A_lease_should_come_to_the_manager_and_go_back_when_it_gives_it_back()
    {
        Listen();
        Notice();
        Lend();
        Assert.Equal(new DesktopHas(["card0"], ["DP-1"], [], ["card0-DP-2"]), Has());

        Order(new TakeLoanBack("card0-DP-2"));
        Assert.Equal("", Leased());
        Assert.Equal(["card0-DP-2"], Until(has => has.Offered.Count > 0).Offered);
        // And once more: what an agent needs for it is not used up.
        for (var time = 0; time < 20; time++)
        {
            Lend();
            Order(new TakeLoanBack("card0-DP-2"));
            Assert.Equal("", Leased());
            Until(has => has.Offered.Count > 0);
        }
    }

    [Fact]
    public void A_desktop_that_refuses_should_be_told_of_and_what_it_does_not_offer_not_be_asked_for()
    {
        Listen();
        Notice();
        _desktop.Refuses = true;
        Order(new GiveLease("card0-DP-2"));
        Assert.Equal("the desktop refuses to lease card0-DP-2, though it offers it", Answer<LoanRefused>().Sentence);
        Order(new GiveLease("card0-DP-1"));
        Assert.Equal("the desktop does not offer card0-DP-1 for lease any more", Answer<LoanRefused>().Sentence);

        _desktop.Refuses = false;
        Lend();
    }

    [Fact]
    public void For_a_window_the_manager_should_get_a_connection_of_its_own_where_the_desktop_shows_that_monitor()
    {
        Listen();
        Notice();
        Order(new GiveWindow("card0-DP-1"));
        var (notice, passed) = Notice();
        using (passed)
        {
            Assert.Equal(new LoanGiven("card0-DP-1"), notice);
            // /dev/zero is in its place.
            Assert.Equal((1u, 5u), passed!.CharacterDevice());
        }

        Order(new GiveWindow("card0-DP-2"));
        Assert.Equal("the desktop does not show card0-DP-2 any more", Answer<LoanRefused>().Sentence);
    }

    [Fact]
    public void A_lease_that_the_desktop_ends_should_be_told()
    {
        Listen();
        Notice();
        Lend();
        _desktop.EndLease("DP-2");
        Assert.Equal("card0-DP-2", Answer<LoanEnded>().Connector);
        Assert.Equal(["card0-DP-2"], Until(has => has.Offered.Count > 0).Offered);
    }

    [Fact]
    public void One_that_nobody_waits_for_any_more_should_not_be_given()
    {
        Listen();
        Notice();
        _desktop.IsSilentOnce = true;
        Order(new GiveLease("card0-DP-2"));
        Order(new TakeLoanBack("card0-DP-2"));
        Order(new TellDesktop());
        Assert.Empty(Until(has => has.Lent.Count == 0).Lent);
        Lend();
    }

    [Fact]
    public void All_should_go_back_when_the_manager_is_stopped_and_the_next_one_be_told_again()
    {
        Listen();
        Notice();
        Lend();
        _listening!.Dispose();
        Directory.Delete(Path.Combine(_folder, "seats"), recursive: true);
        _manager!.Dispose();
        Assert.Equal("", Leased());

        Listen();
        Assert.Equal(["card0-DP-2"], Until(has => has.Offered.Count > 0).Offered);
        Lend();
    }

    [Fact]
    public void A_manager_that_ends_should_take_nothing_along_while_somebody_has_a_copy_of_its_connection()
    {
        Listen();
        Notice();
        Lend();
        using var kept = _manager!.Descriptor.Duplicate();
        _manager.Dispose();
        _manager = SeqPacketSocket.FromDescriptor(kept.Duplicate());
        Order(new TellDesktop());
        Assert.Equal(["card0-DP-2"], Until(has => has.Lent.Count > 0).Lent);
        Assert.Empty(_desktop.Leased);
    }

    [Fact]
    public void Logging_out_should_end_the_agent_and_its_connection()
    {
        Listen();
        Notice();
        _desktop.Dispose();
        Assert.True(_running.Join(Long));
        Assert.Null(Notice().Notice);
    }

    /// <summary>As the manager makes its socket: under its name once somebody listens.</summary>
    private void Listen()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "seats", "desktop")).FullName;
        _listening = SeqPacketSocket.Listen(Path.Combine(folder, "beside"));
        File.Move(Path.Combine(folder, "beside"), Path.Combine(folder, "manager.sock"));
        Assert.NotEqual(PollEvents.None, Poll.Wait(_listening.Descriptor, PollEvents.In, Long));
        _manager = _listening.Accept();
    }

    private void Lend()
    {
        Order(new GiveLease("card0-DP-2"));
        var (notice, passed) = Notice(skip: notice => notice is DesktopHas);
        using (passed)
        {
            Assert.Equal(new LoanGiven("card0-DP-2"), notice);
            Assert.Equal((1u, 3u), passed!.CharacterDevice());
        }

        Assert.Equal("DP-2", Leased());
    }

    private string Leased() => _desktop.Leased.TryTake(out var leased, Long) ? leased : throw new TimeoutException("nothing was leased or given back");

    private void Order(DesktopOrder order) => _manager!.Send(JsonSerializer.SerializeToUtf8Bytes(order, DesktopsJson.Default.DesktopOrder));

    private DesktopHas Has() => Assert.IsType<DesktopHas>(Notice().Notice);

    private DesktopHas Until(Func<DesktopHas, bool> wanted)
    {
        while (true)
        {
            if (Has() is var has && wanted(has))
                return has;
        }
    }

    private T Answer<T>()
        where T : DesktopNotice => Assert.IsType<T>(Notice(skip: notice => notice is DesktopHas).Notice);

    private (DesktopNotice? Notice, FileDescriptor? Passed) Notice(Func<DesktopNotice, bool>? skip = null)
    {
        while (true)
        {
            var length = _manager!.Receive(_packet, Long, out var passed);
            var notice = length == 0 ? null : JsonSerializer.Deserialize(_packet.AsSpan(0, length), DesktopsJson.Default.DesktopNotice);
            if (notice is null || skip?.Invoke(notice) != true)
                return (notice, passed);
            passed?.Dispose();
        }
    }
}
