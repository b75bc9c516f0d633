using System.Text.Json;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.Remote;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

public sealed class RemoteDisplayTests : IDisposable
{
    private static readonly RemoteStatus Seen = new(
        "/run/phyllome-seats/remote/left", "0.0.0.0:5901", "alice", HasPassword: true, ViewOnly: false, "AB:CD", [new("10.0.0.5:51000", "work"), new("user 1000", "work")])
    {
        Pin = "q80=",
    };

    private readonly PrivateBus _bus = new();
    private readonly Written _out = new();
    private readonly Written _error = new() { Eager = true };
    private readonly Queue<string?> _typed = [];
    private readonly List<string?> _prompts = [];
    private bool _asks;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bus.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task It_is_shown_where_a_seat_is_seen_and_by_whom()
    {
        await using var manager = await StartAsync(Seen);
        Assert.Equal(0, await RunAsync("remote", "left"));
        Assert.Equal(
            """
            socket       /run/phyllome-seats/remote/left, for root and alice
            listens      0.0.0.0:5901, for alice
            certificate  SHA-256 AB:CD
                         pin-sha256 q80=
            viewers      look, type and point
                         10.0.0.5:51000 sees work
                         user 1000 sees work

            """,
            _out.ToString());
    }

    [Fact]
    public async Task A_seat_that_waits_for_its_password_says_so()
    {
        await using var manager = await StartAsync(Seen with { HasPassword = false, ViewOnly = true, Viewers = [] });
        Assert.Equal(0, await RunAsync("remote", "left"));
        Assert.Equal(
            """
            socket       /run/phyllome-seats/remote/left, for root and alice
            listens      0.0.0.0:5901, for alice, who has no password yet: seatctl remote left --password
            certificate  SHA-256 AB:CD
                         pin-sha256 q80=
            viewers      look alone
                         nobody is there

            """,
            _out.ToString());
    }

    [Fact]
    public async Task As_JSON_it_is_what_the_status_has()
    {
        await using var manager = await StartAsync(Seen);
        Assert.Equal(0, await RunAsync("remote", "left", "--json"));
        var json = JsonDocument.Parse(_out.ToString()).RootElement;
        Assert.Equal(("0.0.0.0:5901", false, "user 1000"), (json.GetProperty("listen").GetString(), json.GetProperty("view-only").GetBoolean(), json.GetProperty("viewers")[1].GetProperty("from").GetString()));
    }

    [Fact]
    public async Task The_status_has_it_in_a_line()
    {
        await using var manager = await StartAsync(Seen with { Viewers = [new("user 1000", "work")], Listen = null });
        Assert.Equal(0, await RunAsync("status"));
        Assert.Contains("seen at", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal("seen at /run/phyllome-seats/remote/left: user 1000 sees work", RemoteDisplay.Summary(Seen with { Viewers = [new("user 1000", "work")], Listen = null }));
        Assert.Equal("seen at 0.0.0.0:5901 (to look alone): by nobody", RemoteDisplay.Summary(Seen with { Viewers = [], ViewOnly = true }));
    }

    [Theory]
    [InlineData("left", "Seat left is not seen from elsewhere: write \"remote\" into its 'displays' in seats.toml, see seats.toml(5).")]
    [InlineData("nobody", "There is no seat 'nobody'; 'seatctl status' lists those that are.")]
    public async Task What_is_not_seen_is_not_there(string seat, string sentence)
    {
        await using var manager = await StartAsync(null);
        Assert.Equal(3, await RunAsync("remote", seat));
        Assert.Equal($"seatctl: {sentence}\n", _error.ToString());
    }

    [Fact]
    public async Task A_password_is_asked_for_twice_and_only_what_is_kept_of_it_is_told()
    {
        await using var manager = await StartAsync(Seen);
        _asks = true;
        _typed.Enqueue("Geheim 1");
        _typed.Enqueue("Geheim 1");
        Assert.Equal(0, await RunAsync("remote", "left", "--password"));
        Assert.Equal(["New password: ", "The same again: "], _prompts);
        Assert.True(RemotePassword.IsSame(manager.Kept!, "Geheim 1"));
        Assert.True(RemotePasswordForm.IsKept(manager.Kept!));
        Assert.DoesNotContain("Geheim", manager.Kept! + _out + _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_from_a_program_is_a_line_and_nobody_is_asked()
    {
        await using var manager = await StartAsync(Seen);
        _typed.Enqueue("secret");
        Assert.Equal(0, await RunAsync("remote", "left", "--password"));
        Assert.Equal([null], _prompts);
        Assert.True(RemotePassword.IsSame(manager.Kept!, "secret"));
    }

    [Theory]
    [InlineData("one", "two", 1, "seatctl: The two are not the same; nothing is changed.\n")]
    [InlineData("", null, 2, "seatctl: An empty password is none; nothing is changed.\n")]
    [InlineData(null, null, 2, "seatctl: An empty password is none; nothing is changed.\n")]
    public async Task A_password_that_is_none_changes_nothing(string? first, string? second, int code, string sentence)
    {
        await using var manager = await StartAsync(Seen);
        _asks = true;
        _typed.Enqueue(first);
        _typed.Enqueue(second);
        Assert.Equal(code, await RunAsync("remote", "left", "--password"));
        Assert.Equal((sentence, null), (_error.ToString(), manager.Kept));
    }

    [Theory]
    [InlineData("--password", "--end")]
    [InlineData("--view-only", "maybe")]
    public async Task What_is_no_command_is_said(params string[] options)
    {
        await using var manager = await StartAsync(Seen);
        Assert.Equal(2, await RunAsync(["remote", "left", .. options]));
        Assert.Empty(manager.Done);
    }

    [Fact]
    public void A_line_ends_where_it_ends_and_the_rest_is_somebody_elses()
    {
        using var input = new MemoryStream("sécret\r\nrest"u8.ToArray());
        Assert.Equal("sécret", SecretLine.Line(input));
        Assert.Equal("rest", SecretLine.Line(input));
        Assert.Null(SecretLine.Line(input));
    }

    private async Task<FakeManager> StartAsync(RemoteStatus? remote)
    {
        var manager = await FakeManager.StartAsync(_bus.Address);
        manager.Status = FakeManager.Two with { Seats = [FakeManager.Two.Seats[0] with { Owner = "alice", Remote = remote }, FakeManager.Two.Seats[1]] };
        return manager;
    }

    private Task<int> RunAsync(params string[] args) => CommandTree.RunAsync(
        args,
        new(_out, _error, false, false, () => 80, _bus.Address)
        {
            Asks = _asks,
            Secret = prompt =>
            {
                _prompts.Add(prompt);
                return _typed.Dequeue();
            },
        },
        Cancellation);
}
