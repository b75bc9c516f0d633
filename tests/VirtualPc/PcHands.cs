using System.Text.Json.Nodes;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.VirtualPc;

/// <summary>Hands at one keyboard. They keep a pace (25 keys a second): the keyboard holds 16 key events until the PC's USB driver has
/// fetched them, and drops the rest, which is an error here and not a silent loss.</summary>
public sealed class PcKeyboardHands
{
    readonly Pc _pc;
    readonly string _tag;

    internal PcKeyboardHands(Pc pc, string tag) => (_pc, _tag) = (pc, tag);

    /// <summary>The time from one key event to the next.</summary>
    public TimeSpan Pace { get; set; } = TimeSpan.FromMilliseconds(20);

    public Task PressAsync(string key, CancellationToken cancellation = default) => SendAsync(Key.Named(key), true, cancellation);

    public Task ReleaseAsync(string key, CancellationToken cancellation = default) => SendAsync(Key.Named(key), false, cancellation);

    public Task PressAsync(int evdevCode, CancellationToken cancellation = default) => SendAsync(Key.WithCode(evdevCode), true, cancellation);

    public Task ReleaseAsync(int evdevCode, CancellationToken cancellation = default) => SendAsync(Key.WithCode(evdevCode), false, cancellation);

    /// <summary>Presses the keys in order, then releases them in reverse: a hotkey.</summary>
    public Task ChordAsync(IEnumerable<string> keys, CancellationToken cancellation = default) => ChordAsync([.. keys.Select(Key.Named)], cancellation);

    /// <summary>Types on a US keyboard.</summary>
    public async Task TypeAsync(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var character in text) await ChordAsync(Key.For(character), cancellation);
    }

    async Task ChordAsync(IReadOnlyList<Key> keys, CancellationToken cancellation)
    {
        foreach (var key in keys) await SendAsync(key, true, cancellation);
        foreach (var key in keys.Reverse()) await SendAsync(key, false, cancellation);
    }

    async Task SendAsync(Key key, bool down, CancellationToken cancellation)
    {
        var sent = new JsonObject
        {
            ["type"] = "key",
            ["data"] = new JsonObject { ["down"] = down, ["key"] = new JsonObject { ["type"] = "qcode", ["data"] = key.QemuName } },
        };
        await _pc.Qmp.DoAsync("input-send-event", new JsonObject { ["device"] = _tag, ["events"] = new JsonArray(sent) }, cancellation);
        await Task.Delay(Pace, cancellation);
        if (_pc.LostKeys) throw new PcException("The virtual keyboard lost keys: the PC did not fetch them in time. Type slower (Pace), or use a machine with less to do.");
    }
}

/// <summary>A hand at one mouse or tablet. QEMU has no address for a USB mouse, but its monitor can make one mouse the current one; choosing and
/// moving are one step here, so several hands can work at once. Movements that the PC has not fetched yet add up to one, as in a real
/// mouse: compare sums, not numbers of events.</summary>
public sealed class PcMouseHand
{
    readonly Pc _pc;
    readonly int _index;

    internal PcMouseHand(Pc pc, int index) => (_pc, _index) = (pc, index);

    /// <summary>The time from one event to the next; a USB mouse is asked each 8 ms.</summary>
    public TimeSpan Pace { get; set; } = TimeSpan.FromMilliseconds(20);

    public Task MoveAsync(int dx, int dy, CancellationToken cancellation = default)
    {
        List<JsonNode> moves = [];
        if (dx != 0) moves.Add(Relative("x", dx));
        if (dy != 0) moves.Add(Relative("y", dy));
        return SendAsync(moves, cancellation);
    }

    /// <summary>Of a tablet: from 0 to 32767, from left to right and from top to bottom.</summary>
    public Task PointAsync(int x, int y, CancellationToken cancellation = default) => SendAsync([Absolute("x", x), Absolute("y", y)], cancellation);

    public Task PressAsync(string button, CancellationToken cancellation = default) => SendAsync([Button(button, true)], cancellation);

    public Task ReleaseAsync(string button, CancellationToken cancellation = default) => SendAsync([Button(button, false)], cancellation);

    /// <summary>left, right, middle, wheel-up or wheel-down.</summary>
    public async Task ClickAsync(string button = "left", CancellationToken cancellation = default)
    {
        await SendAsync([Button(button, true)], cancellation);
        await SendAsync([Button(button, false)], cancellation);
    }

    static JsonObject Relative(string axis, int value) =>
        new() { ["type"] = "rel", ["data"] = new JsonObject { ["axis"] = axis, ["value"] = value } };

    static JsonObject Absolute(string axis, int value) =>
        new() { ["type"] = "abs", ["data"] = new JsonObject { ["axis"] = axis, ["value"] = value } };

    static JsonObject Button(string button, bool down) =>
        new() { ["type"] = "btn", ["data"] = new JsonObject { ["button"] = button, ["down"] = down } };

    async Task SendAsync(IEnumerable<JsonNode> events, CancellationToken cancellation)
    {
        await _pc.MouseGate.WaitAsync(cancellation);
        try
        {
            var refused = await _pc.Qmp.MonitorAsync($"mouse_set {_index}", cancellation);
            if (refused.Length > 0) throw new PcException($"The virtual PC's mouse {_index} could not be taken in hand: {refused.Trim()}");
            await _pc.Qmp.DoAsync("input-send-event", new JsonObject { ["events"] = new JsonArray([.. events]) }, cancellation);
        }
        finally
        {
            _pc.MouseGate.Release();
        }
        await Task.Delay(Pace, cancellation);
    }
}
