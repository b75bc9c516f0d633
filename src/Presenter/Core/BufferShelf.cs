namespace Phyllome.Seats.Presenter.Core;

/// <summary>
/// What was made of a guest's last few buffers, for when they come again: a guest draws into two or three by turns, and QEMU gives each anew with each
/// frame. Those that are on the screen, or on their way there, stay whatever comes.
/// </summary>
/// <param name="most">How many are kept, as far as they are not needed.</param>
internal sealed class BufferShelf<T>(int most) where T : class
{
    // The newest last.
    private readonly List<(BufferKey Key, T Made)> _kept = [];

    public int Count => _kept.Count;

    /// <summary>Null where it has not been there, or too long ago.</summary>
    public T? Find(BufferKey key)
    {
        if (_kept.FindIndex(one => one.Key == key) is not (>= 0 and var at))
            return null;
        var found = _kept[at];
        _kept.RemoveAt(at);
        _kept.Add(found);
        return found.Made;
    }

    /// <returns>What is to be freed for it.</returns>
    public IReadOnlyList<T> Add(BufferKey key, T made, Func<T, bool> needed)
    {
        _kept.Add((key, made));
        var over = _kept.SkipLast(1).Where(one => !needed(one.Made)).Take(Math.Max(0, _kept.Count - most)).ToList();
        _kept.RemoveAll(over.Contains);
        return [.. over.Select(one => one.Made)];
    }

    /// <returns>What is to be freed: all that is not needed.</returns>
    public IReadOnlyList<T> Clear(Func<T, bool> needed)
    {
        var over = _kept.Where(one => !needed(one.Made)).ToList();
        _kept.RemoveAll(over.Contains);
        return [.. over.Select(one => one.Made)];
    }
}
