namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>A part of the machine that can be watched and read. <see cref="Watch"/> comes first, so that no change falls between the two.</summary>
/// <typeparam name="T">What there is, whole. Equal values mean that nothing changed.</typeparam>
internal interface ISight<T>
    where T : class, IEquatable<T>
{
    /// <summary>Tells of every change until it is disposed. Both may be called on any thread, and return at once.</summary>
    IDisposable Watch(Action changed, Action<Exception> failed);

    /// <summary>Reads what there is now. May block; never called twice at a time.</summary>
    /// <param name="before">What it gave last; null the first time.</param>
    T Look(T? before);
}
