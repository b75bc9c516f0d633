using System.Buffers.Binary;
using CsCheck;
using Phyllome.Seats.Remote.Core;

namespace Phyllome.Seats.Remote.Tests;

public sealed class ViewerInputTests
{
    private static readonly Gen<byte[][]> Stream = Gen.OneOf(Messages.Looking, Messages.Doing).Array[0, 60];

    [Fact]
    public void In_whatever_pieces_it_comes_all_goes_on_as_it_was_and_of_whoever_may_only_look_nothing_else() =>
        Gen.Select(Stream, Gen.Int[1, 50].Array[1, 20], Gen.Bool).Sample((messages, pieces, viewOnly) =>
        {
            var wanted = messages.Where(message => !viewOnly || !ClientMessages.IsInput(message)).SelectMany(message => message).ToArray();
            Assert.Equal(wanted, Sift(messages.SelectMany(message => message).ToArray(), pieces, viewOnly));
        });

    [Fact]
    public void What_is_before_a_message_that_is_not_known_goes_on_and_then_it_ends() => Stream.Sample(messages =>
    {
        var input = new ViewerInput();
        var good = (byte[])[.. Messages.UpdateRequest, .. messages.SelectMany(message => message)];
        var bytes = (byte[])[.. good, 77, .. good];
        var (taken, kept) = input.Sift(bytes, viewOnly: false);
        Assert.Equal((good.Length, good.Length), (taken, kept));
        Assert.Throws<RfbException>(() => input.Sift(bytes.AsSpan(taken), viewOnly: false));
    });

    [Fact]
    public void Garbage_is_messages_or_ends_it_and_nothing_else() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool).Sample((bytes, viewOnly) =>
    {
        var input = new ViewerInput();
        try
        {
            var before = (byte[])bytes.Clone();
            var (taken, kept) = input.Sift(bytes, viewOnly);
            Assert.InRange(kept, 0, taken);
            Assert.InRange(taken, 0, bytes.Length);
            Assert.Equal(before[taken..], bytes[taken..]);
        }
        catch (RfbException)
        {
            // Its first message is no good.
        }

        Assert.InRange(input.Release().Length, 0, 12 * (HeldInputs.MostKeys + 1));
    });

    [Fact]
    public void After_a_release_the_guest_holds_nothing_whatever_was_typed_before() => Stream.Sample(messages =>
    {
        var (input, guest) = (new ViewerInput(), new Guest());
        foreach (var message in messages)
        {
            guest.Take(message);
            Assert.Equal((message.Length, message.Length), input.Sift(message, viewOnly: false));
        }

        var release = input.Release();
        // Whole messages, of which each lets something go.
        for (var at = 0; at < release.Length; at += ClientMessages.LengthOf(release.AsSpan(at))!.Value)
            Assert.True(guest.Take(release.AsSpan(at)));
        Assert.Empty(guest.Held);
        Assert.Empty(input.Release());
    });

    [Fact]
    public void Keys_go_up_in_the_order_opposite_to_that_in_which_they_went_down_and_the_pointer_stays_where_it_is()
    {
        var input = new ViewerInput();
        byte[] typed = [.. Messages.ExtendedKey(0xffe1, 42, true), .. Messages.ExtendedKey('A', 30, true), .. Messages.Key('x', true), .. Messages.Pointer(1, 300, 200)];
        input.Sift(typed, viewOnly: false);
        Assert.Equal(
            [.. Messages.Key('x', false), .. Messages.ExtendedKey('A', 30, false), .. Messages.ExtendedKey(0xffe1, 42, false), .. Messages.Pointer(0, 300, 200)],
            input.Release());
    }

    [Fact]
    public void More_keys_than_can_be_let_go_again_do_not_go_down()
    {
        var input = new ViewerInput();
        for (var keysym = 1u; keysym <= HeldInputs.MostKeys; keysym++)
            Assert.Equal((8, 8), input.Sift(Messages.Key(keysym, true), viewOnly: false));
        Assert.Equal((8, 0), input.Sift(Messages.Key(5000, true), viewOnly: false));
        // One that repeats is down already, and one that goes up makes room.
        Assert.Equal((8, 8), input.Sift(Messages.Key(1, true), viewOnly: false));
        Assert.Equal((8, 8), input.Sift(Messages.Key(1, false), viewOnly: false));
        Assert.Equal((8, 8), input.Sift(Messages.Key(5000, true), viewOnly: false));
    }

    private static byte[] Sift(byte[] bytes, int[] pieces, bool viewOnly)
    {
        var (input, output, waiting) = (new ViewerInput(), new List<byte>(), Array.Empty<byte>());
        for (int at = 0, piece = 0; at < bytes.Length; piece++)
        {
            var length = Math.Min(pieces[piece % pieces.Length], bytes.Length - at);
            waiting = [.. waiting, .. bytes[at..(at + length)]];
            at += length;
            var (taken, kept) = input.Sift(waiting, viewOnly);
            output.AddRange(waiting[..kept]);
            waiting = waiting[taken..];
        }

        Assert.Empty(waiting);
        return [.. output];
    }

    /// <summary>What QEMU makes of keys and buttons: it knows a key by its scan code, or where it has none by its keysym.</summary>
    private sealed class Guest
    {
        public HashSet<(int Kind, uint Number)> Held { get; } = [];

        /// <returns>Whether something went up.</returns>
        public bool Take(ReadOnlySpan<byte> message)
        {
            var before = Held.Count;
            switch (message[0])
            {
                case 4:
                    Set((4, BinaryPrimitives.ReadUInt32BigEndian(message[4..])), message[1] != 0);
                    break;
                case 5:
                    for (var button = 0; button < 8; button++)
                        Set((5, (uint)button), (message[1] >> button & 1) != 0);
                    break;
                case 255 when message[1] == 0:
                    var code = BinaryPrimitives.ReadUInt32BigEndian(message[8..]);
                    Set(code != 0 ? (255, code) : (256, BinaryPrimitives.ReadUInt32BigEndian(message[4..])), message[3] != 0);
                    break;
            }

            return Held.Count < before;
        }

        private void Set((int Kind, uint Number) input, bool isDown) => _ = isDown ? Held.Add(input) : Held.Remove(input);
    }
}
