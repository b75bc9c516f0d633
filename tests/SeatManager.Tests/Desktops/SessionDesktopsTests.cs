using System.Collections.Concurrent;
using System.Text.Json;
using Phyllome.Seats.Desktops;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Desktops;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Desktops;

/// <summary>The agents at the other ends of real sockets are the test's, of the user that runs it; who has the session in front is the test's to say.</summary>
public sealed class SessionDesktopsTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly DesktopHas Two = new(["card0"], ["DP-1"], ["card0-DP-2"], []);

    private readonly Scratch _scratch = new();
    private readonly ConcurrentDictionary<string, FileDescriptor> _kept = new();
    private readonly BlockingCollection<ValueList<Planning.Desktop>> _told = [];
    private readonly BlockingCollection<string> _ended = [];
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly byte[] _packet = new byte[4096];
    private readonly uint _user;
    private uint? _person;

    public SessionDesktopsTests()
    {
        var (one, other) = SeqPacketSocket.Pair();
        _user = one.Peer.Uid;
        one.Dispose();
        other.Dispose();
        _person = _user;
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _told.Dispose();
        _ended.Dispose();
    }

    [Fact]
    public void What_an_agent_says_should_be_known_and_gone_with_it()
    {
        using var desktops = Listening();
        using (var agent = Agent())
        {
            Say(agent, Two);
            Assert.Equal([new(1, _user, ["card0"], ["DP-1"], ["card0-DP-2"])], Told());
            Say(agent, Two with { Offered = [] });
            Assert.Empty(Assert.Single(Told()).Offered);
            Assert.Equal(["desktop@1"], _kept.Keys);
        }

        Assert.Empty(Told());
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task A_lease_should_be_asked_for_and_given_back()
    {
        using var desktops = Listening();
        using var agent = Agent();
        Say(agent, Two);
        Told();
        var lending = desktops.LendAsync(new(1), "card0-DP-2", Cancellation);
        Assert.Equal(new GiveLease("card0-DP-2"), Order(agent));
        await Assert.ThrowsAsync<LinuxException>(() => desktops.LendAsync(new(1), "card0-DP-2", Cancellation));
        Give(agent, "card0-DP-2");
        using (var lease = await lending.WaitAsync(Long, Cancellation))
            Assert.Equal((1u, 3u), lease.CharacterDevice());
        desktops.GiveBack(1, "card0-DP-2");
        Assert.Equal(new TakeLoanBack("card0-DP-2"), Order(agent));

        lending = desktops.LendAsync(new(1, IsWindow: true), "card0-DP-1", Cancellation);
        Assert.Equal(new GiveWindow("card0-DP-1"), Order(agent));
        Give(agent, "card0-DP-1");
        (await lending.WaitAsync(Long, Cancellation)).Dispose();
    }

    [Fact]
    public async Task A_refusal_and_an_agent_that_ends_should_be_the_steps_failure_in_words()
    {
        using var desktops = Listening();
        var agent = Agent();
        Say(agent, Two);
        Told();
        var lending = desktops.LendAsync(new(1), "card0-DP-2", Cancellation);
        Order(agent);
        Say(agent, new LoanRefused("card0-DP-2", "the desktop refuses"));
        Assert.Contains("the desktop refuses", (await Assert.ThrowsAsync<IOException>(() => lending.WaitAsync(Long, Cancellation))).Message, StringComparison.Ordinal);

        lending = desktops.LendAsync(new(1), "card0-DP-2", Cancellation);
        Order(agent);
        agent.Dispose();
        Assert.Equal(Errno.ECONNRESET, (await Assert.ThrowsAsync<LinuxException>(() => lending.WaitAsync(Long, Cancellation))).Errno);
        Assert.Empty(Told());
        Assert.Equal(Errno.ENOENT, (await Assert.ThrowsAsync<LinuxException>(() => desktops.LendAsync(new(1), "card0-DP-2", Cancellation))).Errno);
    }

    [Fact]
    public void A_lease_that_nobody_asked_for_should_go_back_and_one_that_the_desktop_ends_be_told()
    {
        using var desktops = Listening();
        using var agent = Agent();
        Give(agent, "card0-DP-2");
        Assert.Equal(new TakeLoanBack("card0-DP-2"), Order(agent));
        Say(agent, new LoanEnded("card0-DP-2"));
        Assert.Equal("1 card0-DP-2", _ended.TryTake(out var ended, (int)Long.TotalMilliseconds, Cancellation) ? ended : null);
    }

    [Fact]
    public async Task Only_the_person_whose_session_is_in_front_should_be_heard_and_again_when_it_is_there_again()
    {
        Action? sessions = null;
        _person = _user + 1;
        // Whoever runs this, be it root, is to be one of many.
        using var desktops = Desktops((user, person) => user == person);
        desktops.Listen();
        desktops.Watch(changed =>
        {
            sessions = changed;
            return null;
        });
        using var agent = Agent();
        Say(agent, Two);
        Say(agent, new LoanEnded("card0-DP-9"));
        Assert.True(_ended.TryTake(out _, (int)Long.TotalMilliseconds, Cancellation));
        Assert.Empty(desktops.Desktops);
        await Assert.ThrowsAsync<LinuxException>(() => desktops.LendAsync(new(1), "card0-DP-2", Cancellation));

        _person = _user;
        sessions!();
        Assert.Single(Told());
        _person = null;
        sessions();
        Assert.Empty(Told());
    }

    [Theory]
    [InlineData(0u, null, true)]
    [InlineData(0u, 1000u, true)]
    [InlineData(1000u, 1000u, true)]
    [InlineData(1000u, 1001u, false)]
    [InlineData(1000u, null, false)]
    public void Who_is_trusted_should_be_root_and_whoever_has_the_session_in_front(uint user, uint? person, bool trusted) =>
        Assert.Equal(trusted, DesktopTrust.Has(user, person));

    [Fact]
    public void The_next_manager_should_go_on_with_the_same_desktop_under_the_same_number()
    {
        SeqPacketSocket agent;
        using (var before = Listening())
        {
            using var other = Agent();
            agent = Agent();
            Say(agent, Two);
            Assert.Equal(2, Assert.Single(Told()).Number);
        }

        using (agent)
        {
            var answering = new Thread(() =>
            {
                Assert.Equal(new TellDesktop(), Order(agent));
                Say(agent, Two with { Lent = ["card0-DP-2"] });
            });
            answering.Start();
            using var desktops = Desktops();
            desktops.Restore(_kept.Where(one => one.Key == "desktop@2").Select(one => (one.Key, one.Value)).ToList());
            answering.Join();
            Assert.Equal(2, Assert.Single(desktops.Desktops).Number);
            Assert.True(desktops.HasLent(new(2), "card0-DP-2"));
            Assert.False(desktops.HasLent(new(1), "card0-DP-2"));

            desktops.Listen();
            using var next = Agent();
            Say(next, Two);
            Assert.Equal([2, 3], Told().Select(desktop => desktop.Number));
        }
    }

    [Fact]
    public void More_than_a_few_of_one_user_and_what_no_agent_says_should_not_be_kept()
    {
        using var desktops = Listening();
        var agents = Enumerable.Range(0, 4).Select(_ => Agent()).ToList();
        Say(agents[0], Two);
        Told();
        using (var fifth = Agent())
            Assert.Null(Order(fifth));
        Assert.Contains("Could not take another desktop", Assert.Single(_warnings), StringComparison.Ordinal);

        Say(agents[1], Two with { Outputs = ["../../etc"] });
        Assert.Null(Order(agents[1]));
        agents[2].Send("{}"u8);
        Assert.Null(Order(agents[2]));
        Assert.Single(desktops.Desktops);
        foreach (var agent in agents)
            agent.Dispose();
    }

    private SessionDesktops Listening()
    {
        var desktops = Desktops();
        desktops.Listen();
        return desktops;
    }

    private SessionDesktops Desktops(Func<uint, uint?, bool>? trusts = null)
    {
        var desktops = new SessionDesktops(_scratch["desktop/manager.sock"], () => _person, (name, descriptor) => _kept[name] = descriptor.Duplicate(), name => _kept.TryRemove(name, out _), _warnings.Enqueue)
        {
            Trusts = trusts ?? DesktopTrust.Has,
        };
        desktops.Changed += now => _told.Add(now);
        desktops.Ended += (desktop, connector) => _ended.Add($"{desktop} {connector}");
        return desktops;
    }

    private SeqPacketSocket Agent() => SeqPacketSocket.Connect(_scratch["desktop/manager.sock"]);

    private ValueList<Planning.Desktop> Told() => _told.TryTake(out var told, (int)Long.TotalMilliseconds, Cancellation) ? told : throw new TimeoutException("nothing was told of desktops");

    private static void Say(SeqPacketSocket agent, DesktopNotice notice) => agent.Send(JsonSerializer.SerializeToUtf8Bytes(notice, DesktopsJson.Default.DesktopNotice));

    private static void Give(SeqPacketSocket agent, string connector)
    {
        using var lease = FileDescriptor.OpenToRead("/dev/null");
        agent.Send(JsonSerializer.SerializeToUtf8Bytes<DesktopNotice>(new LoanGiven(connector), DesktopsJson.Default.DesktopNotice), lease);
    }

    private DesktopOrder? Order(SeqPacketSocket agent)
    {
        var length = agent.Receive(_packet, Long, out var passed);
        passed?.Dispose();
        return length == 0 ? null : JsonSerializer.Deserialize(_packet.AsSpan(0, length), DesktopsJson.Default.DesktopOrder);
    }
}
