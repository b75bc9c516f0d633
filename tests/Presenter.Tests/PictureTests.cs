using System.Runtime.InteropServices;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class PictureTests
{
    private const uint X8R8G8B8 = 0x20020888, X8B8G8R8 = 0x20030888, R8G8B8 = 0x18020888, R5G6B5 = 0x10020565, X1R5G5B5 = 0x10020555;

    [Theory]
    [InlineData(X8R8G8B8, new byte[] { 0x33, 0x22, 0x11, 0 }, 0x112233)]
    [InlineData(X8B8G8R8, new byte[] { 0x11, 0x22, 0x33, 0 }, 0x112233)]
    [InlineData(R8G8B8, new byte[] { 0x33, 0x22, 0x11 }, 0x112233)]
    [InlineData(R5G6B5, new byte[] { 0xff, 0xff }, 0xffffff)]
    [InlineData(R5G6B5, new byte[] { 0x00, 0xf8 }, 0xff0000)]
    [InlineData(R5G6B5, new byte[] { 0xe0, 0x07 }, 0x00ff00)]
    [InlineData(X1R5G5B5, new byte[] { 0x1f, 0x00 }, 0x0000ff)]
    [InlineData(X1R5G5B5, new byte[] { 0x00, 0x7c }, 0xff0000)]
    public void Each_layout_of_pixels_gives_the_same_colours(uint format, byte[] bytes, int colour)
    {
        var picture = new Picture(1, 1);
        Assert.Equal(picture.Whole, picture.Take(picture.Whole, bytes.Length, format, bytes));
        Assert.Equal((uint)colour, picture.Row(0)[0] & 0xffffff);
    }

    [Fact]
    public void A_part_goes_to_its_place_and_the_rows_end_is_left_out()
    {
        var picture = new Picture(4, 3);
        // Two pixels a row, and one more that is no part of it.
        var bytes = MemoryMarshal.AsBytes<uint>([1, 2, 99, 3, 4, 99]);
        Assert.Equal(new Area(1, 1, 2, 2), picture.Take(new(1, 1, 2, 2), 12, X8R8G8B8, bytes));
        Assert.Equal([0, 0, 0, 0], picture.Row(0).ToArray());
        Assert.Equal([0, 1, 2, 0], picture.Row(1).ToArray());
        Assert.Equal([0, 3, 4, 0], picture.Row(2).ToArray());
    }

    [Theory]
    [InlineData(3, 0, 2, 1, 8, X8R8G8B8)]
    [InlineData(-1, 0, 2, 1, 8, X8R8G8B8)]
    [InlineData(0, 0, 2, 2, 4, X8R8G8B8)]
    [InlineData(0, 0, 4, 3, 16, X8R8G8B8)]
    [InlineData(0, 0, 2, int.MaxValue, 8, X8R8G8B8)]
    [InlineData(0, 0, 2, 1, int.MaxValue, 0x12345678)]
    public void What_does_not_fit_or_is_not_what_it_is_said_to_be_changes_nothing(int x, int y, int width, int height, int stride, uint format)
    {
        var picture = new Picture(4, 3);
        Assert.True(picture.Take(new(x, y, width, height), stride, format, new byte[16]).IsEmpty);
        Assert.Equal([0, 0, 0, 0], picture.Row(0).ToArray());
    }

    [Fact]
    public void A_smaller_picture_is_in_the_middle_with_black_around() =>
        Assert.Equal("....|.11.|.11.|....", Drawn(new(2, 2), 4, 4, new(0, 0, 4, 4)));

    [Fact]
    public void A_larger_picture_is_cut_on_all_sides() =>
        Assert.Equal("11|11", Drawn(new(4, 6), 2, 2, new(0, 0, 2, 2)));

    [Fact]
    public void Only_the_part_that_is_asked_for_is_drawn() =>
        Assert.Equal("????|?1.?|?1.?|????", Drawn(new(1, 4), 4, 4, new(1, 1, 2, 2)));

    [Fact]
    public void A_pointer_is_blended_and_cut_at_the_edge()
    {
        // Half of white, not multiplied yet.
        var pointer = Pointer.From(2, 1, MemoryMarshal.AsBytes<uint>([0x80ffffff, 0x00ffffff]))!;
        var screen = new uint[2];
        pointer.Draw(new(MemoryMarshal.AsBytes(screen.AsSpan()), 8, 2, 1), 1, 0, new(0, 0, 2, 1));
        Assert.Equal([0u, 0x808080u], screen.Select(pixel => pixel & 0xffffff));
    }

    [Fact]
    public void A_pointer_with_too_few_bytes_is_none() => Assert.Null(Pointer.From(64, 64, new byte[100]));

    private static string Drawn(Picture picture, int width, int height, Area part)
    {
        picture.Fill(picture.Whole, 1);
        var screen = new uint[width * height];
        Array.Fill(screen, 7u);
        picture.Draw(new(MemoryMarshal.AsBytes(screen.AsSpan()), width * 4, width, height), part);
        return string.Join('|', screen.Chunk(width).Select(row => string.Concat(row.Select(pixel => pixel switch { 0 => '.', 1 => '1', _ => '?' }))));
    }
}
