using CsCheck;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>What is written as it was read, but for times and the order within a frame.</summary>
public sealed class MotionTests
{
    private static readonly ushort[] Codes = [0, 1, 8, 11];
    private const uint Axes = (1 << 0) | (1 << 1) | (1 << 8) | (1 << 11);
    private static readonly InputEvent End = new(3, 4, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    private static readonly Gen<InputEvent> Moves = Gen.Select(Gen.Int[0, 3], Gen.Int[-9, 9], (axis, value) => new InputEvent(3, 4, InputCodes.EV_REL, Codes[axis], value));
    private static readonly Gen<InputEvent[]> Frames = Moves.Array[1, 5].Select(moves => (InputEvent[])[.. moves, End]);

    private static readonly InputEvent[] Others =
    [
        new(InputCodes.EV_KEY, 0x110, 1), new(InputCodes.EV_REL, 7, 1), new(InputCodes.EV_REL, 32, 1), new(InputCodes.EV_ABS, 0, 1), new(InputCodes.EV_SYN, InputCodes.SYN_DROPPED, 0),
    ];

    [Fact]
    public void Each_frame_says_what_it_said_with_the_time_at_its_end_and_the_last_axis_first() => Frames.Array[1, 6].Sample(frames =>
    {
        InputEvent[] events = [.. frames.SelectMany(frame => frame)];
        Assert.True(Motion.Prepare(events, Axes));
        var at = 0;
        foreach (var frame in frames)
        {
            var made = events[at..(at += frame.Length)];
            Assert.Equal(frame[^2].Value, made[0].Value);
            Assert.Equal(frame[..^1].Select(one => (one.Code, one.Value)).Order(), made[..^1].Select(one => (one.Code, one.Value)).Order());
            Assert.All(made[..^1], one => Assert.Equal((0, 0, InputCodes.EV_REL), (one.Seconds, one.Microseconds, one.Type)));
            Assert.Equal(End, made[^1]);
        }
    });

    [Fact]
    public void Anything_else_among_them_is_none() => Gen.Select(Frames, Frames, Gen.Int[0, Others.Length - 1], Gen.Int[0, 5]).Sample((before, after, other, place) =>
    {
        var (first, second) = (after[..Math.Min(place, after.Length)], after[Math.Min(place, after.Length)..]);
        Assert.False(Motion.Prepare([.. before, .. first, Others[other], .. second], Axes));
    });

    [Fact]
    public void A_frame_without_an_end_and_an_end_without_a_frame_are_none()
    {
        Assert.False(Motion.Prepare([new(InputCodes.EV_REL, 0, 1)], Axes));
        Assert.False(Motion.Prepare([End], Axes));
        Assert.False(Motion.Prepare([new(InputCodes.EV_REL, 0, 1), End, End], Axes));
    }
}
