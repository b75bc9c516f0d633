using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>Asks which keyboard and mouse are in front of a monitor that no seat has yet, to be understood by a child.</summary>
/// <param name="Name">The screen's own.</param>
/// <param name="Code">To be typed; null where any key will do.</param>
internal sealed record IdentifyScreen(string Name, string? Code)
{
    internal const uint Box = 0x101820;

    public IdentifyLayout Layout(int width, int height, LargeType type) => IdentifyLayout.Of(width, height, Name, Code, HandsDrawing.Shape, type);

    public Picture Draw(int width, int height, BitmapFont font)
    {
        var type = new LargeType(font);
        var picture = new Picture(width, height);
        picture.Fill(picture.Whole, StatusScreen.Ground);
        var layout = Layout(width, height, type);
        Write(picture, type, layout.Name, StatusScreen.Accent);
        Write(picture, type, layout.Heading, StatusScreen.Bright);
        HandsDrawing.Draw(picture, layout.Picture);
        Write(picture, type, layout.Mouse, StatusScreen.Soft);
        if (layout.Code is not var (words, characters))
            return picture;
        Write(picture, type, words, StatusScreen.Soft);
        DrawCode(picture, type, characters);
        return picture;
    }

    private static void Write(Picture picture, LargeType type, TextBlock block, uint colour)
    {
        for (var i = 0; i < block.Lines.Count; i++)
        {
            var line = block.Lines[i];
            type.Write(
                picture, line, block.Area.X + ((block.Area.Width - type.Width(line, block.Letter)) / 2), block.Area.Y + (int)(i * block.Letter * IdentifyLayout.Step), block.Letter, colour);
        }
    }

    /// <summary>Each character in a box of its own, so that nobody takes two for one.</summary>
    private void DrawCode(Picture picture, LargeType type, TextBlock block)
    {
        var area = block.Area;
        var (letter, wide) = (block.Letter, type.Width("0", block.Letter));
        var padding = (area.Height - letter) / 2;
        var box = (wide * 8) / 5;
        var x = (area.X + (area.Width / 2)) - (((2 * LargeType.Columns(Code!)) - 1) * wide / 2);
        foreach (var rune in Code!.EnumerateRunes())
        {
            double left = x + ((wide - box) / 2.0), line = Math.Max(2, letter / 32.0);
            Shapes.Rectangle(picture, left, area.Y, box, area.Height, letter / 6.0, StatusScreen.Accent);
            Shapes.Rectangle(picture, left + line, area.Y + line, box - (2 * line), area.Height - (2 * line), (letter / 6.0) - line, Box);
            type.Write(picture, rune.ToString(), x, area.Y + padding, letter, StatusScreen.Bright);
            x += 2 * wide;
        }
    }
}
