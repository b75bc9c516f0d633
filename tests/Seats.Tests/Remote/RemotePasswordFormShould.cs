using Phyllome.Seats.Remote;
using Xunit;

namespace Phyllome.Seats.Tests.Remote;

public sealed class RemotePasswordFormShould
{
    [Fact]
    public void Know_what_is_kept_of_a_password()
    {
        Assert.True(RemotePasswordForm.IsKept(RemotePassword.Keep("secret")));
        Assert.True(RemotePasswordForm.IsKept(RemotePasswordForm.OfNone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("600000$AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("600000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("600000$AAAAAAAAAAAAAAAAAAAAAA==$AAAA")]
    [InlineData("1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("2000000000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("-600000$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Refuse_what_is_none(string kept) => Assert.False(RemotePasswordForm.IsKept(kept));
}
