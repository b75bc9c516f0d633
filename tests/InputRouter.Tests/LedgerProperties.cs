using System.Diagnostics;
using CsCheck;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// Whatever happens in whatever order, at two seats with two keyboards each, of three guests of which two are in reach of both, and the
/// host, which one reaches and leaves some keys to: they see what the <see cref="Model"/> says and nothing else. CsCheck_Iter=100000 in the environment looks longer.
/// </summary>
public sealed class LedgerProperties
{
    private static readonly ushort[] Codes = [15, 29, 30, 31, 42, 59, 60, 70, 97, 125, 0x110, 0x111];

    private static readonly Gen<(int Kind, int Who, int What)> Happening = Gen.Select(Gen.Int[0, 31], Gen.Int[0, 3], Gen.Int[0, Codes.Length - 1]);

    [Fact]
    public void No_key_should_be_stuck_leaked_or_lost() =>
        Happening.Array[0, 200].Sample(happenings =>
        {
            var world = new World();
            foreach (var happening in happenings)
            {
                world.Happen(happening);
                world.Compare();
            }

            world.End();
        }, iter: Math.Max(500, Check.Iter));

    [Fact]
    public void Ten_thousand_focus_changes_under_typing_should_leave_no_key_stuck_leaked_or_lost()
    {
        var world = new World();
        // Typing and hotkeys alone: what else can happen is the other property's.
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 3], Gen.Int[0, Codes.Length - 1]).Array[1000].Sample(happenings =>
        {
            foreach (var happening in happenings)
                world.Happen(happening);
            world.Compare();
        }, iter: 140, threads: 1);
        world.End();
        var switches = world.Switches.Order().ToList();
        var p99 = switches[switches.Count * 99 / 100];
        TestContext.Current.SendDiagnosticMessage($"{switches.Count} focus changes, p99 {p99.TotalMicroseconds:0} us");
        Assert.InRange(switches.Count, 10_000, int.MaxValue);
        Assert.InRange(p99, TimeSpan.Zero, TimeSpan.FromMilliseconds(2));
        Assert.Equal(0, world.Board.Switchboard.Counters.Dropped);
    }

    private sealed class World
    {
        private readonly Model _model = new();
        private readonly Dictionary<char, HashSet<int>> _down = new() { ['a'] = [], ['b'] = [], ['c'] = [], ['h'] = [] };
        private readonly Dictionary<char, int> _motion = new() { ['a'] = 0, ['b'] = 0, ['c'] = 0, ['h'] = 0 };
        private readonly HashSet<char> _stalled = [];

        public World()
        {
            Board = Board.WithThreeGuests();
            Board.AddGuest('h');
            Board.Switchboard.SetSeat("left", new([1, 2], [.. "abch".Select(Board.Guest)]));
            Board.AddSource(3);
            Board.AddSource(4);
            Board.Switchboard.SetSeat("right", new([3, 4], [Board.Guest('b'), Board.Guest('a')]));
            for (var input = 1; input <= 4; input++)
                _model.Plug(input);
            _model.SetSeat("left", [1, 2], ['a', 'b', 'c']);
            _model.SetSeat("left", [1, 2], ['a', 'b', 'c', 'h']);
            _model.SetSeat("right", [3, 4], ['b', 'a']);
            foreach (var guest in "abc")
                Board.SetHolder(guest, Holder.Qemu);
        }

        public Board Board { get; }

        /// <summary>How long each change of focus took, key-ups and all.</summary>
        public List<TimeSpan> Switches { get; } = [];

        public void Happen((int Kind, int Who, int What) happening)
        {
            var (kind, who, what) = happening;
            var input = who + 1;
            var guest = "abc"[who % 3];
            var key = Codes[what];
            switch (kind)
            {
                case < 20 when _model.Sources.TryGetValue(input, out var source):
                    var press = !source.Down.Contains(key);
                    var before = (_model.Seats["left"].Focus, _model.Seats["right"].Focus);
                    if (press)
                        _model.Press(input, key);
                    else
                        _model.Release(input, key);
                    var began = Stopwatch.GetTimestamp();
                    Send(input, new(InputCodes.EV_KEY, key, press ? 1 : 0));
                    if (before != (_model.Seats["left"].Focus, _model.Seats["right"].Focus))
                        Switches.Add(Stopwatch.GetElapsedTime(began));
                    break;
                case < 22 when _model.Sources.ContainsKey(input):
                    if (_model.Seats.Values.SingleOrDefault(seat => seat.Route.Contains(input))?.Focus is { } focus && _model.Guests[focus].Live)
                        _motion[focus] += what;
                    Send(input, new(InputCodes.EV_REL, 1, what));
                    break;
                case 22 when _model.Sources.ContainsKey(input):
                    _model.Unplug(input);
                    Board.Unplug(input);
                    break;
                case 22 or 23 when !_model.Sources.ContainsKey(input):
                    _model.Plug(input);
                    Board.AddSource(input);
                    break;
                case 24:
                    var live = !_model.Guests[guest].Live;
                    _model.SetLive(guest, live);
                    Board.Switchboard.SetLive(Board.Guest(guest), live);
                    break;
                case 25:
                    var holder = _model.Guests[guest].Holder == Holder.Qemu ? Holder.Host : Holder.Qemu;
                    _model.Guests[guest].Holder = holder;
                    Board.SetHolder(guest, holder);
                    break;
                case 26:
                    _model.Doubt(guest);
                    Board.Switchboard.Doubt(Board.Switchboard.Sinks.First(sink => sink.Guest.Id == Board.Guest(guest)));
                    break;
                case 27:
                    var name = what % 2 == 0 ? "left" : "right";
                    var target = "abch"[who];
                    _model.SetFocus(name, target);
                    Board.Switchboard.SetFocus(name, Board.Guest(target));
                    break;
                case 28:
                    int[] route = what % 2 == 0 ? [1, 2] : [2];
                    char[] reach = [guest, "abch"[what % 4]];
                    int[] left = what % 3 == 0 ? [31, 70] : [];
                    _model.SetSeat("left", route, reach, left);
                    Board.Switchboard.SetSeat("left", new([.. route], [.. reach.Select(Board.Guest)]) { HostKeys = [.. left.Select(key => (ushort)key)] });
                    break;
                case 29 when _model.Sources.ContainsKey(input):
                    LoseEvents(input, key);
                    break;
                case 30:
                    _stalled.Add(guest);
                    Board.SetRoom(guest, what);
                    break;
                case 31:
                    _stalled.Remove(guest);
                    Board.SetRoom(guest, int.MaxValue);
                    break;
                default:
                    break;
            }
        }

        /// <summary>All up, and nobody stalls.</summary>
        public void End()
        {
            foreach (var guest in "abc")
            {
                _stalled.Remove(guest);
                Board.SetRoom(guest, int.MaxValue);
                _model.SetLive(guest, true);
                Board.Switchboard.SetLive(Board.Guest(guest), true);
            }

            Compare();
            foreach (var input in _model.Sources.Keys.ToList())
            {
                _model.Unplug(input);
                Board.Unplug(input);
            }

            Compare();
            Assert.All(_down.Values, Assert.Empty);
        }

        private void Send(int input, InputEvent one) =>
            Assert.False(Board.Switchboard.Handle(Board.Source(input), [one, new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)]));

        /// <summary>The kernel's ring ran over, and the device's keys are now those with even codes, and one more.</summary>
        private void LoseEvents(int input, int more)
        {
            var now = _model.Sources[input].Down.Where(code => code % 2 == 0).Append(more).ToHashSet();
            var keys = default(KeySet);
            foreach (var code in now)
                keys.Add(code);
            foreach (var code in _model.Sources[input].Down.Except(now).Order().ToList())
                _model.Release(input, code);
            foreach (var code in now.Except(_model.Sources[input].Down).Order().ToList())
                _model.Press(input, code);
            Assert.True(Board.Switchboard.Handle(
                Board.Source(input), [new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0), new(InputCodes.EV_KEY, 30, 1), new(InputCodes.EV_SYN, 0, 0)]));
            Board.Switchboard.Resynchronize(Board.Source(input), keys);
        }

        /// <summary>What each guest got since the last time against what it should have; of one that stalls, later.</summary>
        public void Compare()
        {
            foreach (var guest in "abch".Where(guest => !_stalled.Contains(guest)))
            {
                var got = Board.TakeEvents(guest);
                Assert.True(got.Count == 0 || got[^1].Type == InputCodes.EV_SYN, "a frame was left open");
                foreach (var one in got.Where(one => one.Type == InputCodes.EV_KEY))
                    Assert.True(one.Value == 1 ? _down[guest].Add(one.Code) : _down[guest].Remove(one.Code), "two downs or two ups in a row");
                // Two devices of a guest have no order between them.
                CompareKeys(guest, Way.Keyboard, got);
                CompareKeys(guest, Way.Pointer, got);
                _model.Expected[guest].Clear();
                Assert.Equal(_motion[guest], got.Where(one => one.Type == InputCodes.EV_REL).Sum(one => one.Value));
                _motion[guest] = 0;
            }
        }

        private static Way WayOf(char guest, int key) => guest == 'h' ? Ways.OfHostKey(key) : Ways.OfKey(key);

        private void CompareKeys(char guest, Way way, List<InputEvent> got)
        {
            var keys = new Queue<(int, bool)>(got.Where(one => one.Type == InputCodes.EV_KEY && WayOf(guest, one.Code) == way).Select(one => ((int)one.Code, one.Value == 1)));
            foreach (var expected in _model.Expected[guest].Select(set => set.Where(key => WayOf(guest, key.Key) == way).ToHashSet()))
            {
                var some = Enumerable.Range(0, Math.Min(expected.Count, keys.Count)).Select(_ => keys.Dequeue()).ToList();
                Assert.True(expected.SetEquals(some), $"guest {guest} should have seen {string.Join(" ", expected)}, and saw {string.Join(" ", some)} {string.Join(" ", keys.Take(5))}");
            }

            Assert.Empty(keys);
        }
    }
}
