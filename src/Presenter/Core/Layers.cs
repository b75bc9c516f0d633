namespace Phyllome.Seats.Presenter.Core;

/// <summary>What is drawn into a screen's own buffer, from below: a picture, a notice, a pointer. None of them is changed by that.</summary>
/// <param name="Notice">Null where there is none, or it has a plane of its own.</param>
/// <param name="Pointer">As <paramref name="Notice"/>; with where it is.</param>
internal readonly record struct Layers(Picture Picture, NoticePanel? Notice, (Pointer Pointer, Area Area)? Pointer)
{
    public void Draw(Canvas screen, Area part)
    {
        Picture.Draw(screen, part);
        Notice?.Draw(screen, part);
        Pointer?.Pointer.Draw(screen, Pointer.Value.Area.X, Pointer.Value.Area.Y, part);
    }
}
