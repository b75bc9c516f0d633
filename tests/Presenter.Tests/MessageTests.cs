using System.Text.Json;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class MessageTests
{
    [Fact]
    public void Each_order_is_one_document_and_comes_back_as_it_was()
    {
        (PresenterOrder Order, string Text)[] orders =
        [
            (new TakeScreen("left"), """{"do":"take-screen","seat":"left","rotation":0}"""),
            (new TakeScreen("left") { Rotation = Rotation.Clockwise }, """{"do":"take-screen","seat":"left","rotation":90}"""),
            (new TurnScreen(Rotation.Anticlockwise), """{"do":"turn-screen","rotation":270}"""),
            (new ShowGuest("windows", 1), """{"do":"show-guest","guest":"windows","head":1,"is-one-of-several":false}"""),
            (new ShowGuest("windows") { IsOneOfSeveral = true }, """{"do":"show-guest","guest":"windows","head":0,"is-one-of-several":true}"""),
            (new ShowNoGuest(), """{"do":"show-no-guest"}"""),
            (new ShowStatus("Off.", ["Start it."]), """{"do":"show-status","heading":"Off.","lines":["Start it."],"title":null}"""),
            (new ShowStatus("The host.", []) { Title = "pc" }, """{"do":"show-status","heading":"The host.","lines":[],"title":"pc"}"""),
            (new AskWhoIsThere("HDMI-A-1"), """{"do":"ask-who-is-there","screen":"HDMI-A-1","code":null}"""),
            (new AskWhoIsThere("HDMI-A-1", "4827"), """{"do":"ask-who-is-there","screen":"HDMI-A-1","code":"4827"}"""),
            (new ShowNotice(["You are now in: b"], false), """{"do":"show-notice","lines":["You are now in: b"],"is-failure":false}"""),
            (new LookAtMonitor(), """{"do":"look-at-monitor"}"""),
            (new TellAll(), """{"do":"tell-all"}"""),
        ];
        foreach (var (order, text) in orders)
        {
            Assert.Equal(text, JsonSerializer.Serialize(order, PresentingJson.Default.PresenterOrder));
            Assert.Equal(order, JsonSerializer.Deserialize(text, PresentingJson.Default.PresenterOrder));
        }
    }

    [Fact]
    public void Each_notice_comes_back_as_it_was()
    {
        PresenterNotice[] notices =
        [
            new ScreenTaken("HDMI-A-1", 1920, 1080, 60000), new GuestShown("windows", 640, 480), new GuestGone("windows", "It ended."), new OrderRefused("No."),
            new ScreenTakenBack("The lease has ended"),
            new ScreenState("left", null, new("Off.", ["Start it."]), [31, 40]) { Rotation = Rotation.Half, Head = 1 },
        ];
        Assert.All(notices, notice => Assert.Equal(
            notice, JsonSerializer.Deserialize(JsonSerializer.Serialize(notice, PresentingJson.Default.PresenterNotice), PresentingJson.Default.PresenterNotice)));
    }
}
