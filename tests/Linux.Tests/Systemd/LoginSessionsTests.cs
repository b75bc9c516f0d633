using Phyllome.Seats.Linux.Systemd;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Systemd;

/// <summary>Where nobody logs in: what a desktop's session looks like is logind's to write.</summary>
public sealed class LoginSessionsTests
{
    [Fact]
    public void A_seat_that_logind_does_not_know_should_have_no_sessions() => Assert.Empty(LoginSessions.TypesAt("seat-of-nobody"));

    [Fact]
    public void Watching_should_end_when_it_is_disposed_and_tell_of_no_failure()
    {
        Exception? failed = null;
        LoginSessions.Watch(() => { }, failure => failed = failure)?.Dispose();
        Assert.Null(failed);
    }
}
