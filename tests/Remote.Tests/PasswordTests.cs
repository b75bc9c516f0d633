using System.Text;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Tests;

public sealed class PasswordTests : IDisposable
{
    private readonly Clock _clock = new();
    private readonly PasswordCheck _check;
    private int _looked;

    public PasswordTests() => _check = new(_clock, (kept, password) =>
    {
        _looked++;
        return kept == password;
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _check.Dispose();

    [Fact]
    public async Task Name_and_password_have_both_to_be_right()
    {
        Assert.Equal(Verdict.Right, await JudgeAsync("anna", "secret"));
        Assert.Equal(Verdict.Wrong, await JudgeAsync("anna", "other"));
        Assert.Equal(Verdict.Wrong, await JudgeAsync("bert", "secret"));
        Assert.Equal(Verdict.Wrong, await JudgeAsync("", ""));
        // The password is looked at with a wrong name too, so that the time tells nothing.
        Assert.Equal(4, _looked);
    }

    [Fact]
    public async Task After_five_wrong_ones_within_a_minute_none_is_looked_at_for_a_minute()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Verdict.Wrong, await JudgeAsync("anna", "other"));
            _clock.Pass(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(Verdict.TooMany, await JudgeAsync("anna", "secret"));
        // The fifth was ten seconds before.
        _clock.Pass(TimeSpan.FromSeconds(49));
        Assert.Equal(Verdict.TooMany, await JudgeAsync("anna", "secret"));
        Assert.Equal(5, _looked);
        _clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(Verdict.Right, await JudgeAsync("anna", "secret"));
        // It begins anew.
        for (var i = 0; i < 4; i++)
            Assert.Equal(Verdict.Wrong, await JudgeAsync("anna", "other"));
        Assert.Equal(Verdict.Right, await JudgeAsync("anna", "secret"));
    }

    [Fact]
    public async Task Wrong_ones_of_more_than_a_minute_ago_do_not_count()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Verdict.Wrong, await JudgeAsync("anna", "other"));
            _clock.Pass(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(Verdict.Right, await JudgeAsync("anna", "secret"));
    }

    [Fact]
    public async Task One_a_time_is_looked_at_and_those_who_waited_meanwhile_count_too()
    {
        int together = 0, most = 0, looked = 0;
        using var check = new PasswordCheck(_clock, (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref together));
            Thread.SpinWait(100_000);
            looked++;
            Interlocked.Decrement(ref together);
            return false;
        });
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => check.JudgeAsync("anna", "kept", "anna"u8.ToArray(), "x"u8.ToArray(), Cancellation), Cancellation)));
        Assert.Equal(1, most);
        Assert.Equal(5, looked);
        Assert.Equal(15, verdicts.Count(verdict => verdict == Verdict.TooMany));
    }

    private Task<Verdict> JudgeAsync(string user, string password) =>
        _check.JudgeAsync("anna", "secret", Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(password), Cancellation);

    private sealed class Clock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
