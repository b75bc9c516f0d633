namespace Phyllome.Seats.Presenter.Core;

/// <summary>What has changed since it was last cleared: a few areas that together hold every changed pixel.</summary>
internal sealed class Damage
{
    private const int Most = 16;
    private readonly List<Area> _areas = new(Most + 1);

    public IReadOnlyList<Area> Areas => _areas;

    public bool IsEmpty => _areas.Count == 0;

    public void Add(Area area)
    {
        if (area.IsEmpty)
            return;
        // Two become one where that makes no more pixels than both had.
        for (var i = 0; i < _areas.Count; i++)
        {
            var both = _areas[i].Around(area);
            if (both.Pixels > _areas[i].Pixels + area.Pixels)
                continue;
            _areas.RemoveAt(i);
            Add(both);
            return;
        }

        _areas.Add(area);
        if (_areas.Count > Most)
            JoinTheCheapest();
    }

    public void Clear() => _areas.Clear();

    private void JoinTheCheapest()
    {
        var (first, second, cost) = (0, 1, long.MaxValue);
        for (var i = 0; i < _areas.Count; i++)
        {
            for (var j = i + 1; j < _areas.Count; j++)
            {
                var more = _areas[i].Around(_areas[j]).Pixels - _areas[i].Pixels - _areas[j].Pixels;
                if (more < cost)
                    (first, second, cost) = (i, j, more);
            }
        }

        var joined = _areas[first].Around(_areas[second]);
        _areas.RemoveAt(second);
        _areas.RemoveAt(first);
        Add(joined);
    }
}
