using Phyllome.Seats.Configuration;
using Xunit;

namespace Phyllome.Seats.Tests.Configuration;

public sealed class RemoteTableShould
{
    [Fact]
    public void Say_how_a_remote_display_is_reached()
    {
        var remote = Read("""displays=["remote"]""" + "\n" + """remote={listen="[::1]:5901",size="16384x64",view-only=true,user="bob",certificate="/etc/r.pem"}""")!;

        Assert.Equal(("[::1]:5901", new(16384, 64), true, "bob", "/etc/r.pem"), (remote.Listen, remote.Size!.Value, remote.ViewOnly, remote.User, remote.Certificate));
    }

    [Fact]
    public void Have_it_reached_at_its_socket_alone_where_nothing_is_said_of_it() => Assert.Equal(new(), Read("""displays=["connector:card0-DP-1","remote"]"""));

    [Fact]
    public void Give_none_to_a_seat_without() => Assert.Null(Read("""displays=["connector:card0-DP-1"]"""));

    private static RemoteWish? Read(string lines) => SeatsToml.Parse($"[[seat]]\nname='a'\nguests=['g']\n{lines}\n", "f").Configuration!.Seats[0].Remote;
}
