namespace Phyllome.Seats.Presenter.Core;

/// <summary>Which part of a buffer is on which part of a screen; where their sizes differ, the card scales.</summary>
internal readonly record struct Placement(Area Source, Area Target)
{
    /// <summary>
    /// How a buffer may be shown, the best first: in the middle, cut where it is larger, as a picture in memory is; and over the whole screen, for
    /// cards whose planes are as large as the screen.
    /// </summary>
    public static IReadOnlyList<Placement> Of(int width, int height, int screenWidth, int screenHeight)
    {
        int shownWidth = Math.Min(width, screenWidth), shownHeight = Math.Min(height, screenHeight);
        var middle = new Placement(
            new((width - shownWidth) / 2, (height - shownHeight) / 2, shownWidth, shownHeight),
            new((screenWidth - shownWidth) / 2, (screenHeight - shownHeight) / 2, shownWidth, shownHeight));
        var screen = new Area(0, 0, screenWidth, screenHeight);
        return middle.Target == screen ? [middle] : [middle, new(new(0, 0, width, height), screen)];
    }

    /// <summary>The same of a picture that is a part of a buffer, beginning there.</summary>
    public Placement From(int x, int y) => this with { Source = Source with { X = Source.X + x, Y = Source.Y + y } };

    /// <summary>Where on the screen a place in the picture is.</summary>
    public (int X, int Y) ToScreen(int x, int y) => (
        Target.X + (int)((long)(x - Source.X) * Target.Width / Source.Width), Target.Y + (int)((long)(y - Source.Y) * Target.Height / Source.Height));
}
