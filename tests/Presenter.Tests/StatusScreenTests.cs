using System.Text;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class StatusScreenTests
{
    private static readonly StatusScreen Screen = new(
        "left", "Guest 'windows' is off.", ["It was shut down from within.", "Start it with 'seatctl guest start windows', or press both Ctrl keys for another one."]);

    /// <summary>The host's own page with two seats at monitors of long names.</summary>
    private static readonly StatusScreen Host = new(
        "living-room", "This is the host.",
        [
            "Its console is not drawn while seats use this card. It comes back with: seatctl host take",
            "left at DELL U2415 (DP-2), right at LG ULTRAGEAR (HDMI-A-1).",
            "What its keyboard types goes there unseen. To see it, log in over the network.",
        ]);

    [Theory]
    [InlineData(1024, 768)]
    [InlineData(1920, 1080)]
    [InlineData(3840, 2160)]
    [InlineData(1080, 1920)]
    [InlineData(640, 480)]
    public void All_of_it_is_within_the_margins(int width, int height)
    {
        IsWithinTheMargins(Screen, width, height);
        if (height > 480)
            IsWithinTheMargins(Host, width, height);
    }

    private static void IsWithinTheMargins(StatusScreen screen, int width, int height)
    {
        var picture = screen.Draw(width, height, BitmapFont.Own);
        var margin = Math.Min(width, height) / 12;
        var ink = new Area();
        for (var y = 0; y < height; y++)
        {
            var row = picture.Row(y);
            for (var x = 0; x < width; x++)
            {
                if (row[x] != StatusScreen.Ground)
                    ink = ink.Around(new(x, y, 1, 1));
            }
        }

        Assert.Equal(ink, ink.Common(new(margin, margin, width - (2 * margin), height - (2 * margin))));
        // The line under the name goes from margin to margin.
        Assert.Equal(width - (2 * margin), ink.Width);
    }

    [Fact]
    public void A_text_breaks_at_its_spaces_and_a_word_that_is_too_long_within() =>
        Assert.Equal(["a seat", "of", "abcdef", "gh x"], StatusScreen.Wrap("a seat of  abcdefgh x", 6));

    [Fact]
    public void The_font_has_letters_of_the_languages_that_names_are_in()
    {
        var unknown = Shape(new Rune('?'));
        Assert.All("Aaz09'\"äöüßéñçøåŁžşΩжЯ".EnumerateRunes(), rune => Assert.NotEqual(unknown, Shape(rune)));
        Assert.Equal(unknown, Shape(new Rune(0x4e2d)));
    }

    [Fact]
    public void An_A_looks_like_one()
    {
        // Empty above, two legs below with nothing between them.
        var rows = Shape(new Rune('A')).Split('\n');
        Assert.DoesNotContain('#', rows[0]);
        Assert.Matches("^ *#+ +#+ *$", rows.Last(row => row.Contains('#', StringComparison.Ordinal)));
    }

    private static string Shape(Rune rune)
    {
        var font = BitmapFont.Own;
        return string.Join('\n', Enumerable.Range(0, font.Height).Select(y => string.Concat(Enumerable.Range(0, font.Width).Select(x => font.Ink(rune, x, y) ? '#' : ' '))));
    }
}
