using CsCheck;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>Whatever happens in whatever order.</summary>
public sealed class LedgerProperties
{
    private static readonly ushort[] Codes = [15, 29, 30, 42, 59, 60, 70, 97, 125, 0x110, 0x111];

    /// <summary>What happens: its kind, a source or guest, a key or a place.</summary>
    private static readonly Gen<(int Kind, int Who, int What)[]> Happenings = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 2], Gen.Int[0, Codes.Length - 1]).Array[0, 200];

    [Fact]
    public void Every_sink_should_see_downs_and_ups_in_turn_and_at_the_end_nothing_down() =>
        Happenings.Sample(happenings =>
        {
            var world = new World();
            foreach (var happening in happenings)
            {
                world.Happen(happening);
                world.CheckThatOnlyTheFocusGot();
            }

            world.Board.Switchboard.ReleaseAll();
            foreach (var guest in "abc")
            {
                var down = new HashSet<ushort>();
                foreach (var one in world.All[guest].Where(one => one.Type == InputCodes.EV_KEY))
                {
                    Assert.NotEqual(70, one.Code);
                    Assert.True(one.Value == 1 ? down.Add(one.Code) : down.Remove(one.Code), "two downs or two ups in a row");
                }
            }

            world.CheckThatOnlyTheFocusGot();
            Assert.All("abc", guest => Assert.Empty(world.Down(guest)));
        }, iter: 2000);

    /// <summary>Two seats, three sources of which two are the first seat's, three guests.</summary>
    private sealed class World
    {
        private readonly HashSet<(int, ushort)> _pressed = [];
        private readonly HashSet<char> _live = ['a', 'b', 'c'];
        private readonly HashSet<int> _plugged = [1, 2, 3];

        public World()
        {
            Board = Board.WithThreeGuests();
            Board.AddSource(3);
            Board.Switchboard.SetSeat("right", new([3], [Board.Guest('b'), Board.Guest('a')]));
        }

        public Board Board { get; }

        public Dictionary<char, List<InputEvent>> All { get; } = new() { ['a'] = [], ['b'] = [], ['c'] = [] };

        /// <summary>Guests that may have been written to by what just happened: the focuses before and after it.</summary>
        private HashSet<char?> Allowed { get; } = [];

        public void Happen((int Kind, int Who, int What) happening)
        {
            Allowed.Clear();
            Note();
            var (kind, who, what) = happening;
            var input = who + 1;
            var guest = "abc"[who];
            switch (kind)
            {
                case < 14 when _plugged.Contains(input):
                    var key = (input, Codes[what]);
                    var value = _pressed.Add(key) ? 1 : 0;
                    if (value == 0)
                        _pressed.Remove(key);
                    Board.Switchboard.Handle(Board.Source(input), [new(InputCodes.EV_KEY, Codes[what], value), new(InputCodes.EV_SYN, 0, 0)]);
                    break;
                case 14 when _plugged.Remove(input):
                    _pressed.RemoveWhere(one => one.Item1 == input);
                    Board.Unplug(input);
                    break;
                case 15 when _plugged.Add(input):
                    Board.AddSource(input);
                    break;
                case 16:
                    if (!_live.Remove(guest))
                        _live.Add(guest);
                    Board.Switchboard.SetLive(Board.Guest(guest), _live.Contains(guest));
                    break;
                case 17:
                    Board.Switchboard.SetFocus(what % 2 == 0 ? "left" : "right", Board.Guest(guest));
                    break;
                case 18:
                    Board.Switchboard.SetSeat("left", new(what % 2 == 0 ? [1, 2] : [2], [Board.Guest(guest), Board.Guest("abc"[what % 3])]));
                    break;
                case 19 when _plugged.Contains(input):
                    // The device lost events, and its keys are now those of the even codes that are pressed.
                    var keys = default(Core.KeySet);
                    _pressed.RemoveWhere(one => one.Item1 == input && one.Item2 % 2 == 1);
                    foreach (var (_, code) in _pressed.Where(one => one.Item1 == input))
                        keys.Add(code);
                    Assert.True(Board.Switchboard.Handle(
                        Board.Source(input), [new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0), new(InputCodes.EV_KEY, 30, 1), new(InputCodes.EV_SYN, 0, 0)]));
                    Board.Switchboard.Resynchronize(Board.Source(input), keys);
                    break;
                default:
                    break;
            }

            Note();
        }

        public void CheckThatOnlyTheFocusGot()
        {
            foreach (var guest in "abc")
            {
                var got = Board.Events(guest).ToList();
                Board.Got(guest);
                Assert.True(got.Count == 0 || Allowed.Contains(guest), "a guest that is no focus got something");
                Assert.True(got.Count == 0 || got[^1].Type == InputCodes.EV_SYN, "a frame was left open");
                All[guest].AddRange(got);
            }
        }

        public HashSet<ushort> Down(char guest)
        {
            var down = new HashSet<ushort>();
            foreach (var one in All[guest].Where(one => one.Type == InputCodes.EV_KEY))
                _ = one.Value == 1 ? down.Add(one.Code) : down.Remove(one.Code);
            return down;
        }

        private void Note()
        {
            Allowed.Add(Board.Focus("left"));
            Allowed.Add(Board.Focus("right"));
        }
    }
}
