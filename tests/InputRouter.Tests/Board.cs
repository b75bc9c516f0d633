using System.Globalization;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// A switchboard whose input and output are lines of text: <c>+leftmeta -leftmeta</c> go in, each in a frame of its own, and what a
/// guest's sinks got comes out the same way, a frame's end written <c>|</c>.
/// </summary>
internal sealed class Board
{
    private static readonly (string Name, ushort Code)[] Keys =
    [
        ("leftctrl", 29), ("a", 30), ("s", 31), ("leftshift", 42), ("f1", 59), ("f2", 60), ("f3", 61), ("tab", 15), ("scrolllock", 70), ("rightctrl", 97),
        ("2", 3), ("3", 4), ("4", 5), ("5", 6), ("6", 7), ("7", 8), ("8", 9), ("9", 10), ("kp2", 80), ("kp4", 75), ("kp5", 76), ("kp7", 71), ("kp8", 72),
        ("esc", 1), ("kpenter", 96), ("leftmeta", 125), ("left", 0x110), ("right", 0x111),
    ];

    private readonly Dictionary<int, Source> _sources = [];
    private readonly Dictionary<int, Lamps> _lamps = [];
    private readonly Dictionary<Guid, Recorder> _recorders = [];
    private readonly Dictionary<Guid, Recorder> _clones = [];
    private int _nextInput = 100;

    public Switchboard Switchboard { get; } = new();

    public static Hotkeys Hotkeys { get; } = new([29, 97], [125, 15], [125, 42, 15], [125, 59]);

    /// <summary>Guests are letters; h is the host.</summary>
    public static Guid Guest(char name) => name == 'h' ? HostReach.Id : new($"00000000-0000-0000-0000-{(int)name:x12}");

    /// <summary>Seat 'left' with sources 1 and 2, and live guests a, b and c in reach.</summary>
    public static Board WithThreeGuests()
    {
        var board = new Board();
        board.Switchboard.SetHotkeys(Hotkeys);
        foreach (var guest in "abc")
            board.AddGuest(guest);
        board.AddSource(1);
        board.AddSource(2);
        board.Switchboard.SetSeat("left", new([1, 2], [Guest('a'), Guest('b'), Guest('c')]));
        return board;
    }

    public void AddGuest(char guest)
    {
        var recorder = new Recorder();
        _recorders.Add(Guest(guest), recorder);
        Switchboard.AddSink(_nextInput, _nextInput++, Guest(guest), SinkKind.Keyboard, recorder);
        Switchboard.AddSink(_nextInput, _nextInput++, Guest(guest), SinkKind.Pointer, recorder);
        if (guest != 'h')
            Switchboard.SetLive(Guest(guest), true);
    }

    /// <summary>A clone of the device 'pad', of which the guest's QEMU knows, or not yet.</summary>
    public Sink AddClone(char guest, bool held = true)
    {
        var recorder = new Recorder { Holder = _recorders[Guest(guest)].Holder };
        _clones.Add(Guest(guest), recorder);
        var clone = Switchboard.AddSink(_nextInput, _nextInput++, Guest(guest), SinkKind.Clone, recorder, "pad");
        Switchboard.SetLive(Guest(guest), true, held ? [clone.Input] : []);
        return clone;
    }

    /// <summary>Source 5 of seat 'left', which has clones: a touch surface with four contacts, two axes of which X is a stick's, and two switches.</summary>
    public void AddPad(Surface? surface = null)
    {
        _sources[5] = Switchboard.AddSource(5, default, null, surface ?? Pad());
        var seat = Switchboard.Seats.Single(seat => seat.Name == "left");
        Switchboard.SetSeat("left", seat.Route with { Sources = [.. seat.Route.Sources, 5], Clones = [new(5, "pad")] });
    }

    public static Surface Pad() => new(
        (1UL << InputCodes.ABS_X) | (1UL << InputCodes.ABS_Y) | (1UL << InputCodes.ABS_MT_SLOT) | (1UL << InputCodes.ABS_MT_POSITION_X) | (1UL << InputCodes.ABS_MT_TRACKING_ID), 4)
    {
        Rests = [(InputCodes.ABS_X, 0)],
        SwitchAbilities = 3,
    };

    /// <summary>
    /// One frame of source 5: <c>0:+7 0:x3 +left x9 y2 sw1</c> is a contact 7 in slot 0 at 3, a button, the axes X and Y, and a switch that goes on.
    /// </summary>
    public bool Touch(string line)
    {
        List<InputEvent> events = [];
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split(':') is [var slot, var what])
            {
                events.Add(new(InputCodes.EV_ABS, InputCodes.ABS_MT_SLOT, Number(slot)));
                events.Add(what[0] switch
                {
                    '+' => new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, Number(what[1..])),
                    '-' => new(InputCodes.EV_ABS, InputCodes.ABS_MT_TRACKING_ID, -1),
                    _ => new(InputCodes.EV_ABS, InputCodes.ABS_MT_POSITION_X, Number(what[1..])),
                });
                continue;
            }

            events.Add(word switch
            {
                ['+', .. var key] => new(InputCodes.EV_KEY, Code(key), 1),
                ['-', .. var key] => new(InputCodes.EV_KEY, Code(key), 0),
                "lost" => new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0),
                "sw1" => new(InputCodes.EV_SW, 1, 1),
                "sw0" => new(InputCodes.EV_SW, 1, 0),
                ['x', .. var value] => new(InputCodes.EV_ABS, InputCodes.ABS_X, Number(value)),
                _ => new(InputCodes.EV_ABS, InputCodes.ABS_Y, Number(word[1..])),
            });
        }

        return Switchboard.Handle(_sources[5], [.. events, new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)]);

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>What the guest's clone got since this was last asked, in the words of <see cref="Touch"/>, each frame's end as <c>|</c>.</summary>
    public string Felt(char guest) => FeltIn(guest, "?");

    /// <param name="slot">The one that was chosen before.</param>
    public string FeltIn(char guest, string slot)
    {
        List<string> words = [];
        foreach (var one in _clones[Guest(guest)].Events)
        {
            if (one is { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_SLOT })
                slot = one.Value.ToString(CultureInfo.InvariantCulture);
            else
                words.Add(one switch
                {
                    { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_TRACKING_ID, Value: < 0 } => $"{slot}:-",
                    { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_TRACKING_ID } => $"{slot}:+{one.Value}",
                    { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_MT_POSITION_X } => $"{slot}:x{one.Value}",
                    { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_X } => $"x{one.Value}",
                    { Type: InputCodes.EV_ABS, Code: InputCodes.ABS_Y } => $"y{one.Value}",
                    { Type: InputCodes.EV_SW } => $"s{one.Code}={one.Value}",
                    _ => Word(one),
                });
        }

        _clones[Guest(guest)].Events.Clear();
        return string.Join(' ', words);
    }

    public List<InputEvent> CloneEvents(char guest) => _clones[Guest(guest)].Events;

    public void SetCloneHolder(char guest, Holder holder) => _clones[Guest(guest)].Holder = holder;

    public void SetCloneRoom(char guest, int events)
    {
        _clones[Guest(guest)].Room = events;
        Switchboard.Sinks.Single(sink => sink.Guest.Id == Guest(guest) && sink.Kind == SinkKind.Clone).Drain();
    }

    /// <summary>A source with lights.</summary>
    /// <param name="keys">Those that it has, by name.</param>
    public Source AddSource(int input, string keys = "")
    {
        var abilities = default(KeySet);
        foreach (var name in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            abilities.Add(Code(name));
        return _sources[input] = Switchboard.AddSource(input, abilities, _lamps[input] = new());
    }

    /// <summary>Seconds of the clock that events are stamped with.</summary>
    public long Now { get; set; }

    /// <summary>The lights that are on at a source: <c>num caps scroll</c>.</summary>
    public string Lit(int input) => _lamps[input].ToString();

    /// <summary>A guest sets lights through its keyboard: <c>+caps -num</c>.</summary>
    public void SetLights(char guest, string line)
    {
        var sink = Switchboard.Sinks.First(sink => sink.Guest.Id == Guest(guest));
        Switchboard.Light(
            sink,
            Lights.After(sink.Guest.Lights, line.Split(' ').Select(word => new InputEvent(InputCodes.EV_LED, (ushort)Array.IndexOf(Lamps.Names, word[1..]), word[0] == '+' ? 1 : 0)).ToArray()));
    }

    public Source Source(int input) => _sources[input];

    public void Unplug(int input)
    {
        Switchboard.RemoveSource(_sources[input]);
        _sources.Remove(input);
    }

    /// <summary>Types on the first source: <c>+a -a +left x5 wheel-1</c>.</summary>
    public Board Type(string line, int input = 1)
    {
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var one = word[0] switch
            {
                '+' => new InputEvent(Now, 0, InputCodes.EV_KEY, Code(word[1..]), 1),
                '-' => new InputEvent(Now, 0, InputCodes.EV_KEY, Code(word[1..]), 0),
                '=' => new InputEvent(Now, 0, InputCodes.EV_KEY, Code(word[1..]), 2),
                _ => new InputEvent(InputCodes.EV_REL, 0, int.Parse(word[1..], CultureInfo.InvariantCulture)),
            };
            Assert.False(Switchboard.Handle(_sources[input], [one, new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)]));
        }

        return this;
    }

    /// <summary>What the guest's sinks got since this was last asked.</summary>
    public string Got(char guest)
    {
        var recorder = _recorders[Guest(guest)];
        var line = string.Join(' ', recorder.Events.Select(Word));
        recorder.Events.Clear();
        return line;
    }

    public IReadOnlyList<InputEvent> Events(char guest) => _recorders[Guest(guest)].Events;

    /// <summary>The same as events.</summary>
    public List<InputEvent> TakeEvents(char guest)
    {
        List<InputEvent> events = [.. _recorders[Guest(guest)].Events];
        _recorders[Guest(guest)].Events.Clear();
        return events;
    }

    public char? Focus(string seat) => Switchboard.Seats.Single(one => one.Name == seat).Focus is { } focus ? "abch".Single(name => Guest(name) == focus.Id) : null;

    private static ushort Code(string name) => Keys.Single(key => key.Name == name).Code;

    private static string Word(InputEvent one) => one switch
    {
        { Type: InputCodes.EV_SYN } => "|",
        { Type: InputCodes.EV_REL } => $"x{one.Value}",
        _ => (one.Value == 1 ? "+" : "-") + Keys.Single(key => key.Code == one.Code).Name,
    };

    /// <summary>Who holds both sinks of a guest.</summary>
    public void SetHolder(char guest, Holder holder) => _recorders[Guest(guest)].Holder = holder;

    /// <summary>A guest's sinks take so many more events each, then none until this is said again.</summary>
    public Board SetRoom(char guest, int events)
    {
        _recorders[Guest(guest)].Room = events;
        foreach (var sink in Switchboard.Sinks.Where(sink => sink.Guest.Id == Guest(guest)))
            sink.Drain();
        return this;
    }

    private sealed class Recorder : ISinkOutput
    {
        public Holder Holder { get; set; }

        public List<InputEvent> Events { get; } = [];

        /// <summary>How many more events it takes.</summary>
        public int Room { get; set; } = int.MaxValue;

        public void Meet(IFeedback? device)
        {
        }

        public int Write(ReadOnlySpan<InputEvent> events)
        {
            var taken = Math.Min(Room, events.Length);
            if (Room != int.MaxValue)
                Room -= taken;
            Events.AddRange(events[..taken]);
            return taken;
        }

        public void Show(ushort lights)
        {
        }
    }

    private sealed class Lamps : ILights
    {
        private ushort _on;

        public static string[] Names { get; } = ["num", "caps", "scroll"];

        public void Show(ushort lights) => _on = lights;

        public override string ToString() => string.Join(' ', Names.Where((_, code) => (_on & (1 << code)) != 0));
    }
}
