using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Presenting;
using Xunit;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>A PC with one graphics card and more monitors than can be told apart by guessing: 'press a key on the keyboard in front of this screen'.</summary>
public sealed class ScreensAsk
{
    private const string Card = "0000:00:02.0";
    private const int People = 3;
    private static readonly TemplateWish Template = new("t", new("base", Persistent: true));

    private readonly World _world = new(1) { Screens = [], HasDesktop = false };
    private readonly List<Step> _done = [];
    private SeatsConfiguration _wanted = Configured("mode='ask'");

    /// <summary>The host has a keyboard and the first monitor; person 1 to 3 have the next ones, and keyboards and mice that are not there yet.</summary>
    public ScreensAsk()
    {
        _world.Gpus.Add(new(Card, "i915", "8086", "4680", true, 0, [Card]));
        _world.SetGuest(Machine.Guest("base"));
        _world.Plug(Machine.Keyboard("1-9", 0));
        _world.Memory = Memory.Of(_wanted, _world.Observed, _world.Current);
        _world.Displays.Add(new("card0-DP-1", Card, true, "DELL", "DEL-40F1-AB123", "1920x1080") { Boot = true });
        for (var person = 1; person <= People; person++)
            _world.Displays.Add(Screen(person));
    }

    [Fact]
    public void Each_free_screen_asks_with_a_code_of_its_own_and_the_hosts_has_its_page()
    {
        _world.Plug(Keyboard(1));
        Settle();
        Assert.Equal(["card0-DP-2", "card0-DP-3", "card0-DP-4"], Asking().Select(screen => screen.Connector));
        var questions = Asking().Select(screen => screen.Asks!).ToArray();
        Assert.Equal("LG 1 (DP-2)", questions[0].Screen);
        Assert.Equal(People, questions.Select(question => question.Code).Distinct().Count());
        Assert.All(questions, question => Assert.Matches("^[2-9]{4}$", question.Code));
        Assert.NotNull(_world.Screens!.Single(screen => screen.Connector == "card0-DP-1").Says);
    }

    [Fact]
    public void Where_one_screen_is_free_any_key_will_do_and_under_confirm_a_code_is_needed_all_the_same()
    {
        _world.Displays.RemoveAll(display => display.Connector is "card0-DP-3" or "card0-DP-4");
        _world.Plug(Keyboard(1));
        Settle();
        Assert.Null(Assert.Single(Asking()).Asks!.Code);
        Assert.Equal(new AskWhoIsThere("LG 1 (DP-2)"), Assert.Single(Asking()).Asks);

        _wanted = _wanted with { Host = _wanted.Host with { NewDevices = NewDevices.Confirm } };
        Settle();
        Assert.NotNull(Assert.Single(Asking()).Asks!.Code);
    }

    [Fact]
    public void A_keyboard_that_answers_has_a_seat_at_that_screen_and_the_mouse_that_is_clicked_next_is_its()
    {
        foreach (var device in (Device[])[Keyboard(1), Mouse(1), Keyboard(2), Mouse(2)])
            _world.Plug(device);
        Settle();
        Assert.All(Plan().Claims.Where(claim => claim.Device != Machine.Keyboard("1-9", 0).Id), claim => Assert.Equal(ClaimReason.Held, claim.Reason));

        Answer(Keyboard(2), Screen(2));
        Settle();
        var seat = Assert.Single(_world.Memory.Seats);
        Assert.Equal(["edid:LG-2", $"connector:{Card}-DP-3"], seat.Displays);
        Assert.Equal(seat.Name, Of(Keyboard(2)));
        Assert.Equal("remembered: it answered at the screen LG 2 (DP-3)", Claim(Keyboard(2)).Because);
        Assert.Equal(["card0-DP-2", "card0-DP-4"], Asking().Select(screen => screen.Connector));
        Assert.Equal("Click the mouse in front of this screen: it is not known yet.", _world.Screens!.Single(screen => screen.Connector == "card0-DP-3").Says!.Lines[0]);

        Click(Mouse(2));
        Settle();
        Assert.Equal(seat.Name, Of(Mouse(2)));
        Assert.Null(Plan().Asking!.Clicking);

        Answer(Keyboard(1), Screen(1));
        Settle();
        Click(Mouse(1));
        Settle();
        Assert.Equal(Of(Keyboard(1)), Of(Mouse(1)));
        Assert.Empty(Asking());
        Assert.Null(Plan().Asking);
    }

    [Fact]
    public void A_mouse_is_waited_for_without_being_the_hosts_for_a_moment_also_where_no_other_screen_asks()
    {
        _world.Displays.RemoveAll(display => display.Connector is "card0-DP-3" or "card0-DP-4");
        _world.Plug(Keyboard(1));
        _world.Plug(Mouse(1));
        Settle();
        Answer(Keyboard(1), Screen(1));
        Settle();
        Assert.Equal("seat1", Plan().Asking!.Clicking);
        // A click in it would be lost, or go where nobody looks.
        Assert.DoesNotContain(_done, step => step is ReleaseSource release && release.Input == Input(Mouse(1)));
        Click(Mouse(1));
        Settle();
        Assert.Equal("seat1", Of(Mouse(1)));
    }

    [Fact]
    public void Two_that_answer_at_once_have_a_seat_each()
    {
        _world.Plug(Keyboard(1));
        _world.Plug(Keyboard(3));
        Settle();
        Answer(Keyboard(3), Screen(3));
        Answer(Keyboard(1), Screen(1));
        Settle();
        Assert.Equal(["connector:0000:00:02.0-DP-4", "connector:0000:00:02.0-DP-2"], _world.Memory.Seats.Select(seat => seat.Displays[^1]));
        Assert.Equal(["seat1", "seat2"], [Of(Keyboard(3)), Of(Keyboard(1))]);
    }

    [Fact]
    public void A_click_before_its_keyboard_has_answered_counts_for_nobody()
    {
        foreach (var device in (Device[])[Keyboard(1), Mouse(1), Mouse(2)])
            _world.Plug(device);
        Settle();
        Click(Mouse(2));
        Settle();
        Answer(Keyboard(1), Screen(1));
        Settle();
        Assert.Equal(Step.Host, Of(Mouse(2)));
    }

    [Fact]
    public void Codes_are_others_when_another_keyboard_comes_and_the_same_when_one_has_answered()
    {
        _world.Plug(Keyboard(1));
        Settle();
        var before = Codes();
        _world.Plug(Keyboard(2));
        Settle();
        var after = Codes();
        Assert.All(after, code => Assert.DoesNotContain(code, before));
        Answer(Keyboard(1), Screen(1));
        Settle();
        Assert.Equal(after.Except([("card0-DP-2", after[0].Code)]), Codes());
    }

    [Fact]
    public void What_nobody_answered_for_is_the_hosts_after_a_minute_and_the_screens_too()
    {
        _world.Plug(Keyboard(1));
        _world.Plug(Mouse(1));
        Settle();
        Assert.Equal(2, _world.Sources.Count);
        _world.PassMinute();
        Settle();
        Assert.Equal((0, 0), (_world.Sources.Count, _world.Screens!.Count));
        Assert.Equal(ClaimReason.Host, Claim(Keyboard(1)).Reason);
    }

    [Fact]
    public void Who_wants_it_has_all_asked_and_the_hosts_last_keyboard_stays()
    {
        _wanted = Configured("mode='off'");
        _world.Plug(Keyboard(1));
        _world.PassMinute();
        Settle();
        Assert.Null(Plan().Asking);
        _world.Identify = true;
        Settle();
        Assert.Equal(2, _world.Sources.Count);
        Answer(Keyboard(1), Screen(1));
        Settle();
        Assert.Equal(("seat1", Step.Host), (Of(Keyboard(1)), Of(Machine.Keyboard("1-9", 0))));
        Assert.Equal("the host has no other keyboard", Plan().WhyNotAsking);
        Assert.Empty(Asking());
    }

    [Theory]
    [InlineData("the host has no other keyboard")]
    [InlineData("no monitor is free to ask at")]
    [InlineData("libvirt cannot be asked for a machine")]
    [InlineData("template 't' is a clone of 'base', and libvirt has no guest of that name")]
    public void It_is_said_why_no_screen_asks(string why)
    {
        _world.Plug(Keyboard(1));
        switch (why)
        {
            case "the host has no other keyboard": _world.Unplug(Machine.Keyboard("1-9", 0).Id); _world.Plug(Keyboard(2)); break;
            case "no monitor is free to ask at": _world.HasDesktop = true; break;
            case "libvirt cannot be asked for a machine": _world.LibvirtIsThere = false; break;
            default: _world.Guests.Clear(); break;
        }

        var plan = Plan();
        Assert.Equal(why, plan.WhyNotAsking);
        Assert.Empty(plan.Steps.OfType<AskOnScreen>());
        Assert.Contains(plan.Claims, claim => claim.Because.Contains(why, StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_manager_goes_on_with_a_screen_that_asks_and_asks_anew_by_another_secret()
    {
        _world.Plug(Keyboard(1));
        Settle();
        var plan = SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current with { CodeSecret = "another" });
        Assert.Equal(People, plan.Steps.OfType<AskOnScreen>().Count());
        Assert.Empty(plan.Steps.OfType<LendMonitor>());
    }

    /// <summary>Whatever comes, goes and answers in whatever order: who answered truly sits where they sit.</summary>
    [Fact]
    public void Whoever_answers_truly_sits_at_their_own_screen_with_their_own_mouse_in_every_history() => Gen.Select(
            Gen.Int[0, 100_000],
            Gen.OneOf(
                Person(person => new("plug", Keyboard(person))), Person(person => new("plug", Mouse(person))), Person(person => new("unplug", Keyboard(person))),
                Person(person => new("answer", Keyboard(person))), Person(person => new("answer", Keyboard(person))), Person(person => new("click", Mouse(person))),
                Person(person => new("click", Mouse(person))), Gen.Const(new Deed("minute", null)), Gen.Const(new Deed("restart", null)), Gen.Const(new Deed("identify", null)),
                Person(person => new("screen", Keyboard(person)))).Array[4, 24])
        .Sample((seed, deeds) => new ScreensAsk().Live(seed, deeds), iter: SeatPlannerProperties.Histories / 10, print: history => string.Join("; ", history.Item2.Select(deed => deed.ToString())));

    private sealed record Deed(string What, Device? Device)
    {
        public override string ToString() => Device is null ? What : $"{What} {Device.Id}";
    }

    private static Gen<Deed> Person(Func<int, Deed> deed) => Gen.Int[1, People].Select(deed);

    private void Live(int seed, Deed[] deeds)
    {
        var random = new Random(seed);
        foreach (var deed in deeds)
        {
            var person = deed.Device is { Port: { } port } ? port[^1] - '0' : 0;
            switch (deed.What)
            {
                case "plug": _world.Plug(deed.Device!); break;
                case "unplug": _world.Unplug(deed.Device!.Id); break;
                case "answer" when _world.Devices.ContainsKey(deed.Device!.Id): Answer(deed.Device!, Screen(person)); break;
                case "click" when _world.Devices.ContainsKey(deed.Device!.Id) && Plan().Asking?.Clicking is { } seat && seat == Of(Keyboard(person)): Click(deed.Device!); break;
                case "minute": _world.PassMinute(); break;
                case "restart": _world.RestartManager(); break;
                case "identify": _world.Identify = !_world.Identify; break;
                case "screen" when _world.Displays.RemoveAll(display => display.Connector == Screen(person).Connector) == 0: _world.Displays.Add(Screen(person)); break;
            }

            // Sometimes the next thing happens in the middle.
            if (random.Next(3) == 0)
                Apply(Plan(), random.Next(4));
            else
                Settle();
            foreach (var seat in _world.Memory.Seats)
            {
                var mine = _world.Memory.Devices.Where(entry => entry.Seat == seat.Name).Select(entry => entry.Key.Place[^1]).Distinct().ToArray();
                Assert.True(mine.Length <= 1 && mine.All(at => seat.Displays.Contains($"edid:LG-{at}")), $"{seat.Name} at {seat.Displays} has {string.Join(", ", mine)}");
            }

            Assert.Contains(Plan().Claims, claim => claim.Seat == Step.Host && _world.Devices[claim.Device].Kind == DeviceKind.Keyboard);
        }
    }

    private static SeatsConfiguration Configured(string spawn) => SeatsToml.Parse($"[spawn]\n{spawn}\n", "f").Configuration! is var parsed
        ? parsed with { Spawn = parsed.Spawn with { Template = Template } } : throw new InvalidOperationException();

    private static Device Keyboard(int person) => Machine.Keyboard($"1-1{person}", 0);

    private static Device Mouse(int person) => Machine.Mouse($"1-2{person}", 0);

    private static Display Screen(int person) => new($"card0-DP-{person + 1}", Card, true, $"LG {person}", $"LG-{person}", "1280x1024");

    private void Answer(Device device, Display screen)
    {
        if (Plan().Asking is { } asking && asking.Screens.Any(one => one.Connector == screen.Connector))
            _world.Answers = [.. _world.Answers, new(Input(device), screen.Connector)];
    }

    private void Click(Device device) => _world.Answers = [.. _world.Answers, new(Input(device), null)];

    private int Input(Device device) => _world.Devices[device.Id].Nodes[0].Input;

    private string Of(Device device) => Plan().Claims.FirstOrDefault(claim => claim.Device == device.Id)?.Seat ?? "";

    private Claim Claim(Device device) => Plan().Claims.Single(claim => claim.Device == device.Id);

    private ValueList<LentScreen> Asking() => _world.Screens!.Where(screen => screen.Asks is not null).OrderBy(screen => screen.Connector, StringComparer.Ordinal).ToValueList();

    private (string Connector, string Code)[] Codes() => [.. Asking().Select(screen => (screen.Connector, screen.Asks!.Code!))];

    private Plan Plan() => SeatPlanner.Plan(_wanted, _world.Memory, _world.Observed, _world.Current);

    private void Apply(Plan plan, int most = int.MaxValue)
    {
        _done.AddRange(plan.Steps);
        _world.Apply(plan, most: most);
        _world.Answers = _world.Answers.Where(answer => answer.Connector is not null && (plan.Asking?.Sources.Contains(answer.Input) ?? false)).ToValueList();
    }

    private void Settle()
    {
        for (var round = 0; round < 12; round++)
        {
            var plan = Plan();
            if (plan is { Steps.Count: 0, Remembered: null })
            {
                Apply(plan);
                return;
            }

            Apply(plan);
        }

        Assert.Fail($"There is always something left to do: {string.Join("; ", Plan().Steps.Select(step => step.Sentence))}");
    }
}
