using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.TwoSeats;

/// <summary>Someone with a hub, a keyboard and a mouse on it. Waits, as a person does, until what was typed is to be seen.</summary>
public sealed class Person
{
    /// <summary>Emulated, a key takes tens of milliseconds to its guest; a guest that has just started may take seconds.</summary>
    static readonly TimeSpan SightLimit = TimeSpan.FromMinutes(2);

    /// <summary>How many keys are typed before the person looks. QEMU's PS/2 keyboard holds 16 bytes, four keys pressed and released.</summary>
    const int KeysAtOnce = 3;

    readonly Pc _pc;
    readonly string _port;

    /// <param name="port">Of their hub, as in sysfs.</param>
    public Person(Pc pc, string name, string port, PcGuest own) => (_pc, Name, _port, Own) = (pc, name, port, own);

    /// <summary>The seat's name.</summary>
    public string Name { get; }

    public PcGuest Own { get; }

    string Hub => $"hub-{Name}";

    string KeyboardName => $"keyboard-{Name}";

    string MouseName => $"mouse-{Name}";

    public PcKeyboardHands Keyboard => _pc.Keyboard(KeyboardName);

    public PcMouseHand Mouse => _pc.Mouse(MouseName);

    public async Task PlugInAsync(CancellationToken cancellation)
    {
        await _pc.PlugHubAsync(Hub, _port, cancellation);
        await _pc.PlugKeyboardAsync(KeyboardName, $"{_port}.1", cancellation);
        await _pc.PlugMouseAsync(MouseName, $"{_port}.2", cancellation);
        IsPluggedIn = true;
        Arrivals++;
        // So that 'plugged in before' means just that.
        await _pc.WaitUntilPluggedInAsync(KeyboardName, cancellation);
        await _pc.WaitUntilPluggedInAsync(MouseName, cancellation);
    }

    public bool IsPluggedIn { get; private set; }

    /// <summary>How often this person's devices were plugged in.</summary>
    public int Arrivals { get; private set; }

    public async Task UnplugAsync(CancellationToken cancellation)
    {
        await _pc.UnplugAsync(Hub, cancellation);
        IsPluggedIn = false;
    }

    /// <summary>Types a text while looking at one guest, and gives all keys that the guest received meanwhile.</summary>
    public async Task<IReadOnlyList<KeyStroke>> TypeAsync(string text, PcGuest into, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(into);
        var from = into.Lines.Count;
        var expected = 0;
        foreach (var part in text.Chunk(KeysAtOnce))
        {
            foreach (var character in part) expected += 2 * Key.For(character).Count;
            await Keyboard.TypeAsync(new string(part), cancellation);
            await into.WaitForAsync($"'{new string(part)}' from the keyboard of seat {Name}", lines => KeyStroke.In(lines).Count >= expected, SightLimit, from, cancellation);
        }
        return KeyStroke.In(into.Lines.Skip(from));
    }

    /// <summary>Makes mouse movements one by one while looking at one guest, and gives all movements along x that it received meanwhile.</summary>
    public async Task<IReadOnlyList<int>> MoveAsync(IEnumerable<int> movements, PcGuest into, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(movements);
        ArgumentNullException.ThrowIfNull(into);
        var from = into.Lines.Count;
        var expected = 0;
        foreach (var dx in movements)
        {
            await Mouse.MoveAsync(dx, 0, cancellation);
            expected++;
            // The next movement only when this one has arrived: a mouse adds up what the PC has not fetched yet.
            await into.WaitForAsync($"a movement of the mouse of seat {Name}", lines => Movements(lines).Count >= expected, SightLimit, from, cancellation);
        }
        return Movements(into.Lines.Skip(from));
    }

    static List<int> Movements(IEnumerable<GuestLine> lines) =>
        [.. lines.OfType<GuestEvent>().Where(happened => happened is { IsRelative: true, Code: 0 }).Select(happened => happened.Value)];

    /// <summary>The key strokes that a text should make.</summary>
    public static IReadOnlyList<KeyStroke> StrokesOf(string text) =>
    [
        .. text.SelectMany(character =>
        {
            var keys = Key.For(character);
            return keys.Select(key => new KeyStroke(key.Code, true)).Concat(keys.Reverse().Select(key => new KeyStroke(key.Code, false)));
        }),
    ];
}

/// <summary>A key that went down or up in a guest.</summary>
public readonly record struct KeyStroke(int Code, bool Down)
{
    /// <summary>The strokes among a guest's lines. The repeats of a key that is held (value 2) are no strokes.</summary>
    public static IReadOnlyList<KeyStroke> In(IEnumerable<GuestLine> lines) =>
        [.. lines.OfType<GuestEvent>().Where(happened => happened is { IsKey: true, Value: 0 or 1, Code: < 0x100 }).Select(happened => new KeyStroke(happened.Code, happened.Value == 1))];
}
