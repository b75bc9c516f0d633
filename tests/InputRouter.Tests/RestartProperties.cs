using CsCheck;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Routers that are killed at any moment of any typing, at two seats with three keyboards, and away for any number of keys.</summary>
public sealed class RestartProperties
{
    private static readonly ushort[] Letters = [30, 31, 32, 33];
    private static readonly ushort[] LettersAndHotkeys = [15, 29, 30, 31, 42, 59, 60, 97, 125];

    /// <summary>Below 16 a key, 16 a router dies, above the next one comes.</summary>
    private static Gen<(int Kind, int Who, int What)[]> Histories(ushort[] codes) =>
        Gen.Select(Gen.Int[0, 18], Gen.Int[0, 2], Gen.Int[0, codes.Length - 1]).Array[0, 150];

    [Fact]
    public void Each_guest_should_get_just_what_it_would_have_got() =>
        Histories(Letters).Sample(history =>
        {
            World killed = new(), unhurt = new();
            foreach (var (kind, who, what) in history)
            {
                killed.Happen(kind, who + 1, Letters[what]);
                if (kind < 16)
                    unhurt.Happen(kind, who + 1, Letters[what]);
            }

            killed.End();
            unhurt.End();
            foreach (var guest in "ab")
                Assert.Equal(unhurt.Guests[guest].Keys, killed.Guests[guest].Keys);
        }, iter: Math.Max(500, Check.Iter));

    [Fact]
    public void With_hotkeys_too_no_key_should_be_stuck_or_go_down_twice() =>
        Histories(LettersAndHotkeys).Sample(history =>
        {
            var world = new World();
            foreach (var (kind, who, what) in history)
                world.Happen(kind, who + 1, LettersAndHotkeys[what]);
            world.End();
            Assert.All(world.Guests.Values, guest => Assert.Equal(-1, guest.Down.Next(0)));
        }, iter: Math.Max(500, Check.Iter));

    private sealed class World
    {
        private readonly Dictionary<int, Keyboard> _keyboards = new() { [1] = new(), [2] = new(), [3] = new() };
        private Switchboard? _router = new();
        private RouterState _notes = RouterState.Empty;
        private long _now;

        public World()
        {
            _router.SetHotkeys(Board.Hotkeys);
            AddSinks();
            foreach (var (input, keyboard) in _keyboards)
                keyboard.Source = _router.AddSource(input);
            _router.SetSeat("left", new([1, 2], [Board.Guest('a'), Board.Guest('b')]));
            _router.SetSeat("right", new([3], [Board.Guest('b')]));
            foreach (var guest in Guests.Keys)
                _router.SetLive(Board.Guest(guest), true);
        }

        public Dictionary<char, Recorder> Guests { get; } = new() { ['a'] = new(), ['b'] = new() };

        public void Happen(int kind, int who, ushort code)
        {
            if (kind < 16)
                Type(who, code);
            else if (kind == 16 && _router is not null)
                Die();
            else if (kind > 16 && _router is null)
                ComeBack();
        }

        /// <summary>A router is there, and all keys go up.</summary>
        public void End()
        {
            if (_router is null)
                ComeBack();
            foreach (var (who, keyboard) in _keyboards)
            {
                for (var code = keyboard.Down.Next(0); code >= 0; code = keyboard.Down.Next(code + 1))
                    Type(who, (ushort)code);
            }
        }

        private void Type(int who, ushort code)
        {
            var keyboard = _keyboards[who];
            var down = keyboard.Down.Add(code) || !keyboard.Down.Remove(code);
            _now++;
            InputEvent[] frame = [new(_now, 0, InputCodes.EV_KEY, code, down ? 1 : 0), new(_now, 0, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)];
            if (_router is null)
                keyboard.Unread.AddRange(frame);
            else
                Assert.False(_router.Handle(keyboard.Source!, frame));
        }

        private void Die()
        {
            _notes = RouterState.Empty with
            {
                Sinks = _router!.Sinks.Select(sink => new RouterSink(sink.Input, sink.Event, sink.Guest.Id, sink.Kind, sink.Guest.Live)).ToValueList(),
                Seats = _router.Seats.Select(seat => new RouterSeat(seat.Name, seat.Route, seat.Focus?.Id)).ToValueList(),
                Hotkeys = _router.Hotkeys,
            };
            _router = null;
        }

        private void ComeBack()
        {
            _router = new();
            AddSinks();
            List<(Source Source, Unread Unread)> all = [];
            foreach (var (input, keyboard) in _keyboards)
            {
                var unread = new Unread([.. keyboard.Unread], keyboard.Down);
                keyboard.Unread.Clear();
                keyboard.Source = _router.AddSource(input);
                keyboard.Source.Down = unread.DownBefore;
                all.Add((keyboard.Source, unread));
            }

            _router.Adopt(_notes);
            while (all.Where(one => !one.Unread.IsEmpty).OrderBy(one => one.Unread.At).FirstOrDefault() is { Source: { } source } oldest)
                Assert.False(_router.Handle(source, oldest.Unread.TakeFrame()));
            foreach (var (source, unread) in all)
            {
                var after = unread.DownAfter;
                Assert.Equal(after.Bytes.ToArray(), source.Down.Bytes.ToArray());
            }
        }

        private void AddSinks()
        {
            var input = 10;
            foreach (var (guest, recorder) in Guests)
                _router!.AddSink(input, ++input, Board.Guest(guest), SinkKind.Keyboard, recorder).Inherit(recorder.Down);
        }
    }

    private sealed class Keyboard
    {
        /// <summary>What the kernel says is down.</summary>
        public KeySet Down;

        public List<InputEvent> Unread { get; } = [];

        public Source? Source { get; set; }
    }

    private sealed class Recorder : ISinkOutput
    {
        /// <summary>What the kernel says is down.</summary>
        public KeySet Down;

        public List<(ushort Code, int Value)> Keys { get; } = [];

        public Holder Holder => Holder.Qemu;

        public void Meet(IFeedback? device)
        {
        }

        public int Write(ReadOnlySpan<InputEvent> events)
        {
            foreach (ref readonly var one in events)
            {
                if (one.Type != InputCodes.EV_KEY)
                    continue;
                Keys.Add((one.Code, one.Value));
                Assert.True(one.Value == 1 ? Down.Add(one.Code) : Down.Remove(one.Code), "two downs or two ups in a row");
            }

            return events.Length;
        }

        public void Show(ushort lights)
        {
        }
    }
}
