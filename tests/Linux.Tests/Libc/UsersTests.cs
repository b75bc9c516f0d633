using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class UsersTests
{
    [Fact]
    public void A_user_has_the_number_of_the_user_database() => Assert.Equal(0u, Users.IdOf("root"));

    [Fact]
    public void Who_is_not_there_has_none() => Assert.Null(Users.IdOf("nobody-of-that-name"));
}
