namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>A monitor as its presenter tells it: what is seen on it, in pixels and millimetres.</summary>
internal readonly record struct HeadMonitor(uint Width, uint Height, ushort WidthMillimetres, ushort HeightMillimetres);

/// <summary>What a guest is to be told of one of its screens; no size where it has no monitor.</summary>
/// <param name="Left">Where it begins beside the others.</param>
internal readonly record struct HeadTold(int Head, int Left, HeadMonitor Monitor);

/// <summary>What a guest with several screens is told of them: they stand beside each other in their order, and those without a monitor are off. Pure.</summary>
/// <param name="count">How many the guest has.</param>
internal sealed class HeadLayout(int count)
{
    private readonly Dictionary<int, HeadMonitor> _monitors = [];
    private readonly Dictionary<int, HeadTold> _told = [];
    private ValueList<int> _on = [];

    /// <summary>Those that have a monitor now.</summary>
    public void SetOn(ValueList<int> heads) => _on = heads;

    public void SetMonitor(int head, HeadMonitor monitor) => _monitors[head] = monitor;

    /// <summary>What the guest has not been told yet. Of a screen whose monitor is not known nothing is.</summary>
    public IReadOnlyList<HeadTold> Due()
    {
        var due = new List<HeadTold>();
        var left = 0;
        for (var head = 0; head < count; head++)
        {
            var isOn = _on.Contains(head);
            if (isOn && !_monitors.ContainsKey(head))
                continue;
            var told = new HeadTold(head, isOn ? left : 0, isOn ? _monitors[head] : default);
            left += (int)told.Monitor.Width;
            if (!_told.TryGetValue(head, out var before) || before != told)
                due.Add(told);
        }

        return due;
    }

    public void Told(HeadTold told) => _told[told.Head] = told;
}
