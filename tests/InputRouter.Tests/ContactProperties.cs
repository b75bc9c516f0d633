using CsCheck;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>
/// Whatever happens in whatever order to a touch surface with a stick, a button and a switch: the clone of the focus has just the contacts that
/// began there, where they are, and every other clone none. CsCheck_Iter=100000 in the environment looks longer.
/// </summary>
public sealed class ContactProperties
{
    private static readonly Gen<(int Kind, int Slot, int Value)> Happening = Gen.Select(Gen.Int[0, 19], Gen.Int[0, 3], Gen.Int[0, 5]);

    [Fact]
    public void No_contact_should_be_stuck_leaked_or_lost_and_each_axis_be_where_it_is() =>
        Happening.Array[0, 150].Sample(happenings =>
        {
            var world = new World();
            foreach (var happening in happenings)
            {
                world.Happen(happening);
                world.Compare();
            }

            world.End();
        }, iter: Math.Max(500, Check.Iter));

    /// <summary>Without the router: a device, the contacts that the focus knows of, and who takes anything.</summary>
    private sealed class World
    {
        private readonly Board _board = Board.WithThreeGuests();
        private readonly Dictionary<char, (Surface Surface, HashSet<int> Down)> _clones = [];
        private readonly Dictionary<char, bool> _live = [], _held = [];
        private readonly HashSet<char> _stalled = [];
        private Surface _device = Board.Pad();
        private readonly HashSet<int> _known = [];
        private bool _down, _heldDown, _plugged = true;
        private char _focus = 'a';
        private int _nextId;

        public World()
        {
            foreach (var guest in "abc")
            {
                _board.AddClone(guest);
                _clones[guest] = (Board.Pad(), []);
                (_live[guest], _held[guest]) = (true, true);
            }

            _board.AddPad(_device.Copy());
        }

        private bool Takes => _plugged && _live[_focus] && _held[_focus];

        public void Happen((int Kind, int Slot, int Value) happening)
        {
            var (kind, slot, value) = happening;
            var guest = "abca"[slot];
            switch (kind)
            {
                case < 3 when _plugged:
                    Begin(slot, _nextId++);
                    Send(Contact(slot, InputCodes.ABS_MT_TRACKING_ID, _device[slot, InputCodes.ABS_MT_TRACKING_ID]));
                    break;
                case < 5 when _plugged:
                    End(slot);
                    Send(Contact(slot, InputCodes.ABS_MT_TRACKING_ID, -1));
                    break;
                case < 8 when _plugged && _device[slot, InputCodes.ABS_MT_POSITION_X] != value:
                    // The kernel says only what has changed.
                    _device[slot, InputCodes.ABS_MT_POSITION_X] = value;
                    Send(Contact(slot, InputCodes.ABS_MT_POSITION_X, value));
                    break;
                case 8 when _plugged:
                    _device[slot % 2] = value;
                    Send([new(InputCodes.EV_ABS, (ushort)(slot % 2), value)]);
                    break;
                case 9 when _plugged:
                    _device.Switches ^= 2;
                    Send([new(InputCodes.EV_SW, 1, (int)(_device.Switches >> 1))]);
                    break;
                case 10 when _plugged:
                    _down = !_down;
                    _heldDown = _down && Takes;
                    Send([new(InputCodes.EV_KEY, 0x110, _down ? 1 : 0)]);
                    break;
                case 11 or 12:
                    if (_focus != guest)
                        Forget();
                    _focus = guest;
                    _board.Switchboard.SetFocus("left", Board.Guest(guest));
                    break;
                case 13:
                    _live[guest] = !_live[guest];
                    SetLive(guest);
                    break;
                case 14:
                    _held[guest] = !_held[guest];
                    SetLive(guest);
                    break;
                case 15 when _plugged:
                    Forget();
                    _plugged = _down = false;
                    _board.Unplug(5);
                    break;
                case 15 or 16 when !_plugged:
                    _plugged = true;
                    _device = Board.Pad();
                    _device[slot, InputCodes.ABS_MT_TRACKING_ID] = _nextId++;
                    _device[InputCodes.ABS_X] = value;
                    _board.AddPad(_device.Copy());
                    break;
                case 17 when _plugged:
                    Lose(slot, value);
                    break;
                case 18:
                    _stalled.Add(guest);
                    _board.SetCloneRoom(guest, value);
                    break;
                case 19:
                    _stalled.Remove(guest);
                    _board.SetCloneRoom(guest, int.MaxValue);
                    break;
                default:
                    break;
            }
        }

        public void End()
        {
            foreach (var guest in "abc")
            {
                _stalled.Remove(guest);
                _board.SetCloneRoom(guest, int.MaxValue);
            }

            Compare();
            if (_plugged)
                Happen((15, 0, 0));
            Compare();
            Assert.All(_clones.Values, clone => Assert.Equal((0UL, 0), (clone.Surface.Touching, clone.Down.Count)));
        }

        public void Compare()
        {
            foreach (var guest in "abc".Where(guest => !_stalled.Contains(guest)))
            {
                var (clone, down) = _clones[guest];
                var events = _board.CloneEvents(guest);
                Assert.True(events.Count == 0 || events[^1].Type == InputCodes.EV_SYN, "a frame was left open");
                foreach (var one in events)
                {
                    if (one.Type == InputCodes.EV_KEY)
                        Assert.True(one.Value == 1 ? down.Add(one.Code) : down.Remove(one.Code), "two downs or two ups in a row");
                    else if (one.Type != InputCodes.EV_SYN)
                        CloneTests.Apply(clone, one);
                }

                events.Clear();
                if (guest != _focus || !Takes)
                {
                    Assert.Equal((0UL, 0), (clone.Touching, down.Count));
                    Assert.Equal(0, clone[InputCodes.ABS_X]);
                    continue;
                }

                Assert.Equal(_known.Order(), Enumerable.Range(0, 4).Where(slot => (clone.Touching & (1UL << slot)) != 0));
                Assert.All(_known, slot => Assert.Equal(
                    (_device[slot, InputCodes.ABS_MT_TRACKING_ID], _device[slot, InputCodes.ABS_MT_POSITION_X]),
                    (clone[slot, InputCodes.ABS_MT_TRACKING_ID], clone[slot, InputCodes.ABS_MT_POSITION_X])));
                Assert.Equal((_device[InputCodes.ABS_X], _device[InputCodes.ABS_Y], _device.Switches), (clone[InputCodes.ABS_X], clone[InputCodes.ABS_Y], clone.Switches));
                Assert.Equal(_heldDown ? 1 : 0, down.Count);
            }
        }

        private void Begin(int slot, int id)
        {
            _device[slot, InputCodes.ABS_MT_TRACKING_ID] = id;
            if (Takes)
                _known.Add(slot);
            else
                _known.Remove(slot);
        }

        private void End(int slot)
        {
            _device[slot, InputCodes.ABS_MT_TRACKING_ID] = -1;
            _known.Remove(slot);
        }

        /// <summary>What is there is dead.</summary>
        private void Forget()
        {
            _known.Clear();
            _heldDown = false;
        }

        private void SetLive(char guest)
        {
            var clone = _board.Switchboard.Sinks.Single(sink => sink.Guest.Id == Board.Guest(guest) && sink.Kind == SinkKind.Clone);
            if (guest == _focus && !(_live[guest] && _held[guest]))
                Forget();
            _board.Switchboard.SetLive(Board.Guest(guest), _live[guest], _live[guest] && _held[guest] ? [clone.Input] : []);
        }

        /// <summary>The kernel's ring ran over: a contact begins or ends, another one moves, an axis and a switch are other than before.</summary>
        private void Lose(int slot, int value)
        {
            Assert.True(_board.Touch("lost x99"));
            if (value % 2 == 0)
                Begin(slot, _nextId++);
            else
                End(slot);
            _device[(slot + 1) % 4, InputCodes.ABS_MT_POSITION_X] = value;
            _device[InputCodes.ABS_Y] = value;
            _device.Switches ^= 2;
            _device.Slot = slot;
            var keys = default(KeySet);
            if (_down)
                keys.Add(0x110);
            _board.Switchboard.Resynchronize(_board.Source(5), keys, _device.Copy());
        }

        private static InputEvent[] Contact(int slot, ushort axis, int value) =>
            [new(InputCodes.EV_ABS, InputCodes.ABS_MT_SLOT, slot), new(InputCodes.EV_ABS, axis, value)];

        private void Send(InputEvent[] events) =>
            Assert.False(_board.Switchboard.Handle(_board.Source(5), [.. events, new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)]));
    }
}
