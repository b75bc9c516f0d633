using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>Something that happens to a machine, between two looks of the manager.</summary>
internal abstract record Happening;

internal sealed record Plug(Device Device) : Happening;

internal sealed record Unplug(string Device) : Happening;

/// <summary>Its owner defines, starts or pauses it by hand.</summary>
internal sealed record GuestChanges(Guest Guest) : Happening;

/// <summary>It shuts itself down, or is destroyed.</summary>
internal sealed record GuestEnds(string Guest) : Happening;

internal sealed record GuestIsUndefined(string Guest) : Happening;

/// <summary>Somebody mounts or unmounts it, which nobody can while a guest has it.</summary>
internal sealed record HostUses(string Device, bool Used) : Happening;

internal sealed record MonitorComes(Display Display) : Happening;

internal sealed record MonitorGoes(string Connector) : Happening;

/// <summary>The one that shows something on a monitor is killed.</summary>
internal sealed record PresenterEnds(string Connector) : Happening;

/// <summary>By a hotkey, or <c>seatctl focus</c>.</summary>
/// <param name="Seat">Which of those that the configuration asks for, as in all below.</param>
/// <param name="At">Which of the seat's reach.</param>
internal sealed record FocusMoves(int Seat, int At) : Happening;

/// <summary>Somebody who may come in is at the door of a seat's remote display.</summary>
internal sealed record ViewerComes(int Seat) : Happening;

internal sealed record ViewersLeave(int Seat) : Happening;

/// <summary>The process that is a seat's door is killed.</summary>
internal sealed record DoorEnds(int Seat) : Happening;

/// <summary><c>seatctl remote</c>.</summary>
internal sealed record RemoteIsSaid(int Seat, string? Password, bool? ViewOnly) : Happening;

/// <summary>An agent of a desktop is there, or has something else now.</summary>
internal sealed record DesktopComes(Desktop Desktop) : Happening;

internal sealed record DesktopGoes(int Number) : Happening;

/// <summary>Somebody types, or clicks, where screens ask who is in front of them.</summary>
/// <param name="Source">Which of those that are asked.</param>
/// <param name="Screen">Which of those that ask.</param>
internal sealed record SomebodyAnswers(int Source, int Screen) : Happening;

internal sealed record Libvirt(bool IsThere) : Happening;

internal sealed record RouterRestarts : Happening;

internal sealed record ManagerRestarts : Happening;

/// <summary>After so many steps of its next plan, in whatever order the seats take theirs.</summary>
internal sealed record ManagerCrashes(int Steps) : Happening;

/// <summary>One in so many steps of the next plans fails.</summary>
internal sealed record StepsFail(int OneIn) : Happening;

internal sealed record Configure(SeatsConfiguration Wanted) : Happening;

/// <summary>What was new is so no longer.</summary>
internal sealed record MinutePasses : Happening;

/// <summary>Seats whose devices are gone have been so for longer than their guests are kept.</summary>
internal sealed record LingerEnds : Happening;

/// <summary>The file was damaged.</summary>
internal sealed record MemoryIsLost : Happening;

/// <summary><c>seatctl assign</c>.</summary>
internal sealed record Assign(string Device, string Seat) : Happening;

/// <summary><c>seatctl seat remove</c>.</summary>
internal sealed record SeatIsRemoved(string Seat) : Happening;

internal sealed record HostTakes(string Seat) : Happening;

internal sealed record HostGivesBack(string Seat) : Happening;

/// <param name="Seed">Of the orders in which things are found and seats come to their steps.</param>
internal sealed record History(int Seed, ValueList<Happening> Happenings)
{
    /// <summary>One line for each thing that happens, as short as it can be understood.</summary>
    public string Told() => string.Join('\n', Happenings.Select(happening => happening switch
    {
        Plug plug => $"plug {plug.Device.Kind} at {plug.Device.Port}, {plug.Device.VendorId} {plug.Device.Serial}, {string.Join(' ', plug.Device.Nodes.Select(node => node.Abilities))}",
        GuestChanges changes => $"guest {changes.Guest.Name} is {changes.Guest.State}",
        Configure { Wanted: var wanted } => $"configure {wanted.Host.NewDevices} {wanted.Spawn.Mode} {wanted.Spawn.Template} keep {wanted.Host.Keep}: "
            + string.Join("; ", wanted.Seats.Select(seat => $"{seat.Name} {seat.Guests} {seat.Devices} {seat.Displays} {seat.Rotations} {seat.Gpu} {seat.Remote} {seat.Away}")),
        _ => happening.ToString(),
    }).Prepend($"seed {Seed}"));
}
