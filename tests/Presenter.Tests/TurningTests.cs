using System.Runtime.InteropServices;
using CsCheck;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class TurningTests
{
    private static readonly Gen<Rotation> ARotation = Gen.OneOf(Rotation.None, Rotation.Clockwise, Rotation.Half, Rotation.Anticlockwise);

    /// <summary>Of more than one tile in most cases, and with rests of every kind.</summary>
    private static readonly Gen<(int Width, int Height)> ASize = Gen.Select(Gen.Int[1, 150], Gen.Int[1, 150]);

    [Theory]
    [InlineData(Rotation.None, "123|456")]
    [InlineData(Rotation.Clockwise, "41|52|63")]
    [InlineData(Rotation.Half, "654|321")]
    [InlineData(Rotation.Anticlockwise, "36|25|14")]
    public void A_picture_is_turned_clockwise(Rotation by, string expected)
    {
        var turned = Turning.Turn([1, 2, 3, 4, 5, 6], new(3, 2), by);
        Assert.Equal(expected, string.Join('|', turned.Chunk(new ScreenSize(3, 2).Turned(by).Width).Select(row => string.Concat(row))));
    }

    [Fact]
    public void Turned_four_times_it_is_as_it_was() => Gen.Select(ARotation, ASize).Sample((by, size) =>
    {
        uint[] before = [.. Enumerable.Range(0, size.Width * size.Height).Select(number => (uint)number)];
        var (now, shape) = (before, new ScreenSize(size.Width, size.Height));
        for (var times = 0; times < 4; times++)
            (now, shape) = (Turning.Turn(now, shape, by), shape.Turned(by));
        Assert.Equal(before, now);
        Assert.Equal(new(size.Width, size.Height), shape);
    });

    [Fact]
    public void An_area_is_where_its_pixels_are_and_comes_back() => Gen.Select(ARotation, ASize, Gen.Int[-20, 170], Gen.Int[-20, 170]).Select(Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60]))
        .Sample((one, side) =>
        {
            var (by, size, x, y) = one;
            var turning = new Turning(by, size.Width, size.Height);
            var area = new Area(x, y, side.Item1, side.Item2);
            Assert.Equal(area, turning.ToSeen(turning.ToMonitor(area)));
            Assert.Equal(new(0, 0, size.Width, size.Height), turning.ToMonitor(new(0, 0, turning.Seen.Width, turning.Seen.Height)));
            // Each pixel of it, and as many.
            var there = turning.ToMonitor(area);
            Assert.Equal(area.Pixels, there.Pixels);
            foreach (var (px, py) in new[] { (area.X, area.Y), (area.Right - 1, area.Y), (area.X, area.Bottom - 1), (area.Right - 1, area.Bottom - 1) })
            {
                var pixel = turning.ToMonitor(new(px, py, 1, 1));
                Assert.Equal(pixel, there.Common(pixel));
            }
        });

    /// <summary>The screen is drawn upright by itself, and turned as a whole: what was drawn by areas has to be that, and nothing else.</summary>
    [Fact]
    public void What_is_drawn_by_areas_is_the_whole_turned_and_nothing_outside_them_is_touched() =>
        Gen.Select(ARotation, ASize, ASize, Gen.Select(Gen.Int[-5, 150], Gen.Int[-5, 150], Gen.Int[1, 140], Gen.Int[1, 140]).Array[0, 4], Gen.Int[0, 1]).Sample((by, size, own, areas, pointed) =>
        {
            const uint Untouched = 0xdead_beef;
            var turning = new Turning(by, size.Width, size.Height);
            var seen = turning.Seen;
            var picture = new Picture(own.Width, own.Height);
            for (var y = 0; y < own.Height; y++)
            {
                for (var x = 0; x < own.Width; x++)
                    picture.Row(y)[x] = (uint)((y << 8) + x + 1);
            }

            var notice = new NoticePanel(new(7, 5), seen.Width / 2, 0);
            notice.Picture.Fill(notice.Picture.Whole, 0xff_0000);
            (Pointer, Area)? pointer = pointed == 0 ? null : (new Pointer(3, 2, [.. Enumerable.Repeat(0x80_40_20_10u, 6)]), new(seen.Width - 2, seen.Height - 1, 3, 2));
            var layers = new Layers(picture, notice, pointer);
            var upright = new uint[seen.Width * seen.Height];
            layers.Draw(new(MemoryMarshal.AsBytes(upright.AsSpan()), seen.Width * 4, seen.Width, seen.Height), new(0, 0, seen.Width, seen.Height));
            var whole = Turning.Turn(upright, seen, by);

            // Rows with a rest behind them, as a card's may have.
            var pitch = size.Width + 3;
            var monitor = new uint[pitch * size.Height];
            Array.Fill(monitor, Untouched);
            var drawing = new TurnedDrawing();
            var damaged = areas.Select(area => new Area(area.Item1, area.Item2, area.Item3, area.Item4)).ToArray();
            foreach (var area in damaged)
                drawing.Draw(new(MemoryMarshal.AsBytes(monitor.AsSpan()), pitch * 4, size.Width, size.Height), turning, turning.ToMonitor(area), (canvas, part) => layers.Draw(canvas, part));

            var inside = damaged.Select(turning.ToMonitor).ToArray();
            for (var y = 0; y < size.Height; y++)
            {
                for (var x = 0; x < pitch; x++)
                {
                    var isDrawn = x < size.Width && inside.Any(area => area.Common(new(x, y, 1, 1)).Pixels == 1);
                    if (monitor[(y * pitch) + x] != (isDrawn ? whole[(y * size.Width) + x] : Untouched))
                        Assert.Fail($"{x}, {y} is {monitor[(y * pitch) + x]:x}, and was {(isDrawn ? "" : "not ")}to be drawn");
                }
            }
        }, iter: 300);

    [Fact]
    public void A_notice_and_a_pointer_on_planes_of_their_own_are_where_they_would_be_drawn() => Gen.Select(ARotation, ASize, Gen.Int[0, 60], Gen.Int[0, 60]).Sample((by, size, x, y) =>
    {
        var turning = new Turning(by, size.Width + 80, size.Height + 80);
        var panel = new NoticePanel(new(9, 4), x, y);
        panel.Picture.Row(1)[2] = 7;
        var turned = panel.Turned(turning);
        Assert.Equal(turning.ToMonitor(panel.Area), turned.Area);
        var at = turning.ToMonitor(new(x + 2, y + 1, 1, 1));
        Assert.Equal(7u, turned.Picture.Row(at.Y - turned.Y)[at.X - turned.X]);

        var pointer = new Pointer(3, 2, [1, 2, 3, 4, 5, 6]).Turned(by);
        Assert.Equal(new ScreenSize(3, 2).Turned(by), new(pointer.Width, pointer.Height));
        Assert.Equal(Turning.Turn([1, 2, 3, 4, 5, 6], new(3, 2), by), pointer.Pixels);
    });

    /// <summary>The kernel turns anticlockwise, and mirrors before that (drm_plane_create_rotation_property).</summary>
    [Theory]
    [InlineData(Rotation.None, 1 << 0)]
    [InlineData(Rotation.Clockwise, 1 << 3)]
    [InlineData(Rotation.Half, 1 << 2)]
    [InlineData(Rotation.Anticlockwise, 1 << 1)]
    public void The_kernel_is_told_to_turn_the_other_way_round(Rotation by, int value)
    {
        Assert.Equal([(ulong)value], PlaneRotation.Of(by, upsideDown: false));
        foreach (var either in PlaneRotation.Of(by, upsideDown: true))
        {
            uint[] upsideDown = [4, 5, 6, 1, 2, 3];
            Assert.Equal(Turning.Turn([1, 2, 3, 4, 5, 6], new(3, 2), by), AsTheKernelDoes(upsideDown, new(3, 2), either));
        }
    }

    private static uint[] AsTheKernelDoes(uint[] pixels, ScreenSize size, ulong rotation)
    {
        var rows = pixels.Chunk(size.Width).ToArray();
        if ((rotation & 1 << 4) != 0)
            rows = [.. rows.Select(row => row.Reverse().ToArray())];
        if ((rotation & 1 << 5) != 0)
            Array.Reverse(rows);
        var anticlockwise = System.Numerics.BitOperations.TrailingZeroCount(rotation & 0xf) * 90;
        return Turning.Turn([.. rows.SelectMany(row => row)], size, (Rotation)((360 - anticlockwise) % 360));
    }
}
