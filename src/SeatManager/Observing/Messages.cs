using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.SeatManager.Observing;

/// <summary>To an observer: tell the sender what there is, now and after each change.</summary>
internal sealed record Listen
{
    public static Listen Instance { get; } = new();
}

/// <summary>The input devices that are plugged in.</summary>
internal sealed record DevicesObserved(ValueList<Device> Devices);

/// <summary>The displays and graphics cards that are there, and what else the machine has for guests.</summary>
internal sealed record DisplaysObserved(ValueList<Display> Displays, ValueList<Gpu> Gpus)
{
    public HostRoom Room { get; init; } = HostRoom.Unknown;

    /// <summary>Whether a desktop or a greeter draws on the host's screens.</summary>
    public bool HasDesktop { get; init; }
}

/// <param name="Guests">Null while libvirt cannot be asked.</param>
internal sealed record GuestsObserved(ValueList<Guest>? Guests);

/// <param name="Text">udev's rules of what is off the host; empty where there are none.</param>
internal sealed record HostRulesObserved(string Text);

/// <summary>The monitors that are lent to presenters.</summary>
internal sealed record ScreensObserved(ValueList<LentScreen> Screens);

/// <summary>The desktops that may lend their monitors.</summary>
internal sealed record DesktopsObserved(ValueList<Desktop> Desktops);

/// <summary>The doors for viewers elsewhere.</summary>
internal sealed record DoorsObserved(ValueList<OpenedDoor> Doors);

/// <param name="InForce">The last good configuration; the default until there is one.</param>
/// <param name="Fault">What is wrong with the file as it is now; empty where it is good or absent.</param>
internal sealed record ConfigurationObserved(SeatsConfiguration InForce, ValueList<Diagnostic> Fault);

/// <summary>Something that concerns no seat and keeps an observer from seeing.</summary>
/// <param name="Observer">Who says so.</param>
/// <param name="Sentence">Null when it is over.</param>
internal sealed record Trouble(string Observer, string? Sentence);
