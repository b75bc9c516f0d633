using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class IdentifyScreenTests
{
    public static TheoryData<int, int, string, string?> Screens()
    {
        var all = new TheoryData<int, int, string, string?>();
        foreach (var (width, height) in ((int, int)[])[(1024, 768), (1920, 1080), (3840, 2160), (1080, 1920), (640, 480), (3440, 1440)])
        {
            all.Add(width, height, "DELL U2720Q", "4827");
            all.Add(width, height, "HDMI-A-1", null);
            all.Add(width, height, "Ein sehr langer Name, wie ihn kein Bildschirm hat, an HDMI-A-1", "683942");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void All_of_it_is_on_the_screen_and_nothing_is_over_anything_else(int width, int height, string name, string? code)
    {
        var screen = new IdentifyScreen(name, code);
        var layout = screen.Layout(width, height, new(BitmapFont.Own));
        var margin = IdentifyLayout.Margin(width, height);
        var inside = new Area(margin, margin, width - (2 * margin), height - (2 * margin));
        var parts = layout.Parts.ToList();
        Assert.All(parts, part => Assert.Equal(part, part.Common(inside)));
        for (var i = 0; i < parts.Count; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.True(parts[i].Common(parts[j]).IsEmpty, $"{parts[i]} is over {parts[j]}");
        }

        // What is drawn keeps to that.
        var picture = screen.Draw(width, height, BitmapFont.Own);
        PictureFiles.Keep(picture, $"identify-{width}x{height}-{(code is null ? "any-key" : code)}");
        var ink = PictureFiles.Ink(picture, StatusScreen.Ground);
        Assert.Equal(ink, ink.Common(inside));
        foreach (var part in parts)
            picture.Fill(part, StatusScreen.Ground);
        Assert.True(PictureFiles.Ink(picture, StatusScreen.Ground).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public void It_is_large(int width, int height, string name, string? code)
    {
        var layout = new IdentifyScreen(name, code).Layout(width, height, new(BitmapFont.Own));
        var unit = Math.Min(width, height);
        Assert.True(layout.Heading.Letter >= unit / 15, $"{layout.Heading.Letter} of {unit}");
        Assert.True(layout.Picture.Width >= width / 2, $"the picture has {layout.Picture.Width} of {width}");
        if (layout.Code is { } asked)
            Assert.True(asked.Characters.Letter >= unit / 16, $"{asked.Characters.Letter} of {unit}");
        // No line with one short word left over.
        Assert.All(layout.Heading.Lines, line => Assert.True(2 * line.Length > layout.Heading.Lines.Max(other => other.Length), line));
    }

    /// <summary>WCAG 2: 7 for text that everybody can read, 4.5 for large text.</summary>
    [Theory]
    [InlineData(StatusScreen.Bright, StatusScreen.Ground, 7)]
    [InlineData(StatusScreen.Soft, StatusScreen.Ground, 7)]
    [InlineData(StatusScreen.Accent, StatusScreen.Ground, 4.5)]
    [InlineData(StatusScreen.Bright, IdentifyScreen.Box, 7)]
    public void The_contrast_is_high(uint letters, uint ground, double least)
    {
        double light = Luminance(letters), dark = Luminance(ground);
        Assert.True((light + 0.05) / (dark + 0.05) >= least);
    }

    [Fact]
    public void Large_letters_are_those_of_the_font_with_smooth_edges()
    {
        var font = BitmapFont.Own;
        const int times = 4;
        foreach (var rune in "aegkmswAQ2738".EnumerateRunes())
        {
            var picture = new Picture(font.Width * times, font.Height * times);
            new LargeType(font).Write(picture, rune.ToString(), 0, 0, font.Height * times, 0xffffff);
            var (same, all) = (0, 0);
            for (var y = 0; y < picture.Height; y++)
            {
                for (var x = 0; x < picture.Width; x++)
                {
                    all++;
                    if (font.Ink(rune, x / times, y / times) == (picture.Row(y)[x] & 0xff) >= 0x80)
                        same++;
                }
            }

            Assert.True(same >= all * 0.97, $"{rune}: {same} of {all}");
        }
    }

    private static double Luminance(uint colour)
    {
        static double Linear(uint part) => part / 255.0 <= 0.04045 ? part / 255.0 / 12.92 : Math.Pow(((part / 255.0) + 0.055) / 1.055, 2.4);
        return (0.2126 * Linear(colour >> 16 & 0xff)) + (0.7152 * Linear(colour >> 8 & 0xff)) + (0.0722 * Linear(colour & 0xff));
    }
}
