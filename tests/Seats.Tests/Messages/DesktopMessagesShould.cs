using System.Text.Json;
using Phyllome.Seats.Desktops;
using Xunit;

namespace Phyllome.Seats.Tests.Messages;

/// <summary>What goes between a desktop's agent and the manager, as it goes over the socket.</summary>
public sealed class DesktopMessagesShould
{
    public static TheoryData<string, DesktopOrder> Orders => new()
    {
        { """{"do":"give-lease","connector":"card0-DP-2"}""", new GiveLease("card0-DP-2") },
        { """{"do":"give-window","connector":"card0-DP-1"}""", new GiveWindow("card0-DP-1") },
        { """{"do":"take-back","connector":"card0-DP-2"}""", new TakeLoanBack("card0-DP-2") },
        { """{"do":"tell-desktop"}""", new TellDesktop() },
    };

    public static TheoryData<string, DesktopNotice> Notices => new()
    {
        { """{"what":"desktop-has","cards":["card0"],"outputs":["DP-1"],"offered":["card0-DP-2"],"lent":[]}""", new DesktopHas(["card0"], ["DP-1"], ["card0-DP-2"], []) },
        { """{"what":"given","connector":"card0-DP-2"}""", new LoanGiven("card0-DP-2") },
        { """{"what":"refused","connector":"card0-DP-2","sentence":"no"}""", new LoanRefused("card0-DP-2", "no") },
        { """{"what":"ended","connector":"card0-DP-2"}""", new LoanEnded("card0-DP-2") },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Say_what_the_agent_is_asked(string text, DesktopOrder order)
    {
        Assert.Equal(text, JsonSerializer.Serialize(order, DesktopsJson.Default.DesktopOrder));
        Assert.Equal(order, JsonSerializer.Deserialize(text, DesktopsJson.Default.DesktopOrder));
    }

    [Theory]
    [MemberData(nameof(Notices))]
    public void Say_what_it_tells(string text, DesktopNotice notice)
    {
        Assert.Equal(text, JsonSerializer.Serialize(notice, DesktopsJson.Default.DesktopNotice));
        Assert.Equal(notice, JsonSerializer.Deserialize(text, DesktopsJson.Default.DesktopNotice));
    }

    [Theory]
    [InlineData("DP-1", true)]
    [InlineData("HDMI-A-1", true)]
    [InlineData("", false)]
    [InlineData("../etc", false)]
    [InlineData("DP-1\n", false)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    public void Have_no_names_but_those_that_monitors_can_have(string name, bool sane) => Assert.Equal(sane, new DesktopHas([], [name], [], []).IsSane);
}
