using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>A few lines of one size, in the middle of a screen.</summary>
/// <param name="Letter">How high its letters are.</param>
internal sealed record TextBlock(IReadOnlyList<string> Lines, int Letter, Area Area);

/// <summary>Where the parts of the page that asks for a key are, on a screen of any size and either way up.</summary>
/// <param name="Code">Its words and its characters; null where no code is asked for.</param>
internal sealed record IdentifyLayout(TextBlock Name, TextBlock Heading, Area Picture, TextBlock Mouse, (TextBlock Words, TextBlock Characters)? Code)
{
    /// <summary>From line to line, by the height of a letter.</summary>
    public const double Step = 1.15;

    internal const string HeadingWords = "Press a key on the keyboard in front of this screen", MouseWords = "Then click the mouse beside it.",
        CodeHeadingWords = "Type the number on the keyboard in front of this screen", CodeWords = "This number:";

    /// <summary>All of the parts, from top to bottom.</summary>
    public IEnumerable<Area> Parts => [Name.Area, Heading.Area, Picture, Mouse.Area, .. Code is { } code ? new[] { code.Words.Area, code.Characters.Area } : []];

    public static int Margin(int width, int height) => Math.Min(width, height) / 16;

    /// <param name="shape">Width of the picture by its height.</param>
    public static IdentifyLayout Of(int width, int height, string name, string? code, double shape, LargeType type)
    {
        var unit = Math.Min(width, height);
        var margin = Margin(width, height);
        var room = width - (2 * margin);
        // The code stands beside the picture where the screen is wide, else below it.
        var isWide = width > height;
        var side = code is null || !isWide ? 0 : room * 9 / 25;
        var title = Text(name, room, unit / 17, unit / 34, 1, type);
        var heading = Text(code is null ? HeadingWords : CodeHeadingWords, room, unit / 10, unit / 15, isWide ? 2 : 3, type);
        var mouse = Text(MouseWords, room, unit / 19, unit / 34, 1, type);
        var codeRoom = side > 0 ? side : room;
        var codeParts = code is null ? null : new[]
        {
            Text(CodeWords, codeRoom, unit / 19, unit / 34, side > 0 ? 2 : 1, type), Boxed(Text(string.Join(' ', code.EnumerateRunes()), codeRoom * 4 / 5, unit / 7, unit / 20, 1, type)),
        };

        var least = unit / 32;
        var codeHeight = codeParts is null ? 0 : codeParts.Sum(part => part.Area.Height) + least;
        var below = side > 0 ? 0 : codeHeight;
        var texts = title.Area.Height + heading.Area.Height + mouse.Area.Height + below;
        var gaps = below > 0 ? 4 : 3;
        var pictureWidth = room - (side > 0 ? side + least : 0);
        var pictureHeight = Math.Min(height - (2 * margin) - texts - (gaps * least), (int)(pictureWidth / shape));
        pictureWidth = (int)(pictureHeight * shape);
        var rowHeight = Math.Max(pictureHeight, side > 0 ? codeHeight : 0);
        // What is left where the screen is high goes between the parts, as far as they still belong together.
        var left = Math.Max(0, height - (2 * margin) - texts - rowHeight - (gaps * least));
        var gap = least + Math.Min(left / (gaps + 2), unit / 12);
        var top = Math.Max(margin, (height - texts - rowHeight - (gaps * gap)) / 2);

        TextBlock Place(TextBlock text, int middle, int y) => text with { Area = text.Area with { X = middle - (text.Area.Width / 2), Y = y } };
        title = Place(title, width / 2, top);
        heading = Place(heading, width / 2, top = title.Area.Bottom + gap);
        top = heading.Area.Bottom + gap;
        var rowWidth = pictureWidth + (side > 0 ? side + least : 0);
        var picture = new Area((width - rowWidth) / 2, top + ((rowHeight - pictureHeight) / 2), pictureWidth, pictureHeight);
        mouse = Place(mouse, width / 2, top + rowHeight + gap);
        if (codeParts is not [var words, var characters])
            return new(title, heading, picture, mouse, null);
        var (middle, codeTop) = side > 0 ? (picture.Right + least + (side / 2), top + ((rowHeight - codeHeight) / 2)) : (width / 2, mouse.Area.Bottom + gap);
        words = Place(words, middle, codeTop);
        return new(title, heading, picture, mouse, (words, Place(characters, middle, words.Area.Bottom + least)));
    }

    /// <summary>With room for a box around each character.</summary>
    private static TextBlock Boxed(TextBlock text) =>
        text with { Area = text.Area with { Width = text.Area.Width + (text.Letter / 3), Height = text.Area.Height + (text.Letter / 3) } };

    /// <summary>As large as it may be and has room in so many lines; where it has none, in as many as it needs.</summary>
    private static TextBlock Text(string text, int room, int largest, int smallest, int lines, LargeType type)
    {
        var letter = largest;
        while (Wrap(letter).Count > lines && letter > smallest)
            letter--;
        var wrapped = Wrap(letter);
        // No line with one word left over: as narrow as it is with as many lines.
        for (var columns = type.Columns(room, letter) - 1; columns > 0; columns--)
        {
            var narrower = StatusScreen.Wrap(text, columns).ToList();
            if (narrower.Count > wrapped.Count)
                break;
            wrapped = narrower;
        }

        return new(wrapped, letter, new(0, 0, wrapped.Select(line => type.Width(line, letter)).DefaultIfEmpty(0).Max(), (int)(letter * (1 + ((Math.Max(1, wrapped.Count) - 1) * Step)))));

        List<string> Wrap(int size) => [.. StatusScreen.Wrap(text, type.Columns(room, size))];
    }
}
