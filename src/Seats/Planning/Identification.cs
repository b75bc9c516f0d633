using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>
/// Asks who is in front of which screen, where only a person can tell: several keyboards are new or several monitors are free, the
/// configuration says so, or somebody wants it. Each free monitor asks, whoever answers has a seat there, and the mouse that is clicked next
/// belongs to it. Pure.
/// </summary>
internal sealed class Identification
{
    private readonly SeatsConfiguration _wanted;
    private readonly Memory _remembered;
    private readonly Inventory _observed;
    private readonly Current _current;
    private readonly ClaimBook _book;
    private readonly Device[] _keyboards, _pointers;
    private readonly Display[] _monitors;
    private readonly int _newest;

    /// <summary>Names of the seats that formed around a keyboard, have nothing to point with, and a screen of which we can say so.</summary>
    private readonly string[] _lacking;

    /// <param name="wanted">With the remembered seats, each with its card where it has one.</param>
    /// <param name="devices">Without our own sinks.</param>
    public Identification(SeatsConfiguration wanted, Memory remembered, ValueList<Device> devices, Inventory observed, Current current, ClaimBook book)
    {
        (_wanted, _remembered, _observed, _current, _book) = (wanted, remembered, observed, current, book);
        var claims = book.Claims.ToDictionary(claim => claim.Device, StringComparer.Ordinal);
        var mine = devices.Where(UsbPassing.IsRouted).OrderBy(device => device.Id, StringComparer.Ordinal).ToArray();
        var open = mine.Where(device => IsOpen(device, claims[device.Id])).ToArray();
        _keyboards = [.. open.Where(Claiming.IsKeyboard)];
        _pointers = [.. open.Where(Claiming.IsPointer)];
        _newest = devices.SelectMany(device => device.Nodes).Select(node => node.Input).DefaultIfEmpty().Max();
        _monitors = SharedMonitors.Free(wanted, observed, current);
        var sat = mine.Where(Claiming.IsKeyboard).Select(device => claims[device.Id].Seat).ToHashSet();
        var pointed = mine.Where(Claiming.IsPointer).Select(device => claims[device.Id].Seat).ToHashSet();
        _lacking =
        [
            .. wanted.Seats.Where(seat => seat.IsRemembered && !remembered.Taken.Contains(seat.Name) && sat.Contains(seat.Name) && !pointed.Contains(seat.Name)
                && current.Screens is not null && SeatScreens.Lendable(seat, wanted, observed).Any()).Select(seat => seat.Name),
        ];

        var isWanted = current.Identify || wanted.Spawn.Mode switch
        {
            SpawnMode.Ask => true,
            SpawnMode.Auto => wanted.Host.NewDevices == NewDevices.Confirm || (Formation.Cards(wanted, observed).Length == 0 && (_keyboards.Length > 1 || _monitors.Length > 1)),
            _ => false,
        };
        WhyNot = !isWanted ? "nobody asks for it"
            : _keyboards.Length == 0 ? "no keyboard is new, or the host's own to give"
            : _monitors.Length == 0 ? "no monitor is free to ask at"
            : !mine.Any(device => Claiming.IsKeyboard(device) && claims[device.Id] is { Seat: Step.Host, Reason: not ClaimReason.Held } && !_keyboards.Contains(device)) && !(current.Identify && _keyboards.Length > 1)
                ? "the host has no other keyboard"
            : Formation.NoMachine(wanted, observed);
    }

    /// <summary>Why no screen asks for a keyboard; null where some do.</summary>
    public string? WhyNot { get; }

    /// <summary>What is asked; null where nothing is.</summary>
    public Asking? Asking()
    {
        var screens = WhyNot is null ? Screens() : [];
        Device[] asked = [.. screens.Count > 0 ? _keyboards : [], .. screens.Count > 0 || (_lacking.Length > 0 && (_current.Identify || _wanted.Spawn.Mode != SpawnMode.Off)) ? _pointers : []];
        return asked.Length == 0 ? null : new(
            asked.Select(device => device.Id).Order(StringComparer.Ordinal).ToValueList(),
            asked.SelectMany(device => device.Nodes.Where(ClaimBook.IsSource)).Select(node => node.Input).Order().ToValueList(), screens)
        {
            Clicking = _pointers.Length > 0 && _lacking is [var only] ? only : null,
        };
    }

    /// <summary>What the first answer that holds comes to: a device and whose it is now, with the seat where that is new; null where there is none.</summary>
    public (Device Device, RememberedDevice Entry, RememberedSeat? Seat)? Answer()
    {
        foreach (var answer in _current.Answers)
        {
            if (WhyNot is null && Of(_keyboards, answer) is { } keyboard && _monitors.FirstOrDefault(display => display.Connector == answer.Connector) is { } monitor)
            {
                var seat = Formation.Make(_wanted, _remembered, _observed, _current, gpu: null, monitor);
                return (keyboard, new(DeviceKey.Of(keyboard), seat.Name, Chosen: false) { Because = $"it answered at the screen {ScreenWords.Name(monitor)}" }, seat);
            }

            if (_lacking is [var only] && Of(_pointers, answer) is { } pointer)
                return (pointer, new(DeviceKey.Of(pointer), only, Chosen: false) { Because = $"it was clicked when seat {only} alone had none" }, null);
        }

        return null;
    }

    private ValueList<AskingScreen> Screens()
    {
        var needsCode = _current.Identify || _monitors.Length > 1 || _wanted.Host.NewDevices == NewDevices.Confirm;
        var monitors = _monitors.OrderBy(monitor => monitor.Connector, StringComparer.Ordinal).ToArray();
        var codes = needsCode ? ScreenCodes.Of(_current.CodeSecret, _newest, [.. monitors.Select(monitor => monitor.Connector)]) : null;
        return monitors.Select((monitor, at) => new AskingScreen(monitor.Connector, monitor.Gpu!, new(ScreenWords.Name(monitor), codes?[at]))).ToValueList();
    }

    /// <summary>Whether it may answer: it is new and nobody's, or the host's where somebody wants all to be asked.</summary>
    private bool IsOpen(Device device, Claim claim) => claim.Seat == Step.Host && claim.Reason switch
    {
        ClaimReason.Held => _wanted.Host.NewDevices == NewDevices.Confirm && (_current.Identify || _current.New.Contains(device.Id)),
        ClaimReason.Host => _current.Identify || (_current.New.Contains(device.Id) && (!Claiming.IsKeyboard(device) || _book.FreeKeyboards.Contains(device.Id))),
        _ => false,
    };

    private static Device? Of(Device[] devices, Answered answer) => Array.Find(devices, device => device.Nodes.Any(node => node.Input == answer.Input));
}
