using System.Globalization;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>The status as objects: a seat, a device, a display, a graphics card, a guest each.</summary>
internal sealed class SeatsObjects(BusConnection bus, ISeatService service, Polkit polkit)
{
    private readonly StatusObjects<SeatStatus> _seats = new(
        bus, SeatsBus.Seat,
        [
            StatusProperty<SeatStatus>.Text("Name", seat => seat.Name),
            StatusProperty<SeatStatus>.Text("State", seat => EnumWords.Of(seat.State)),
            StatusProperty<SeatStatus>.Text("Guest", seat => seat.Guest?.Name),
            StatusProperty<SeatStatus>.Text("GuestState", seat => seat.Guest is { } guest ? EnumWords.Of(guest.State) : null),
            StatusProperty<SeatStatus>.Text("Focus", seat => seat.Focus),
            StatusProperty<SeatStatus>.Texts("Reach", seat => seat.Reach),
            StatusProperty<SeatStatus>.Text("Owner", seat => seat.Owner),
            StatusProperty<SeatStatus>.Text("RemoteSocket", seat => seat.Remote?.Socket),
            StatusProperty<SeatStatus>.Text("RemoteListen", seat => seat.Remote?.Listen),
            StatusProperty<SeatStatus>.Text("RemoteFingerprint", seat => seat.Remote?.Fingerprint),
            StatusProperty<SeatStatus>.Text("RemotePin", seat => seat.Remote?.Pin),
            StatusProperty<SeatStatus>.Truth("RemoteViewOnly", seat => seat.Remote?.ViewOnly ?? false),
            StatusProperty<SeatStatus>.Texts("RemoteViewers", seat => seat.Remote?.Viewers.Select(viewer => $"{viewer.From} sees {viewer.Guest}").ToValueList() ?? []),
            StatusProperty<SeatStatus>.Texts("Problems", seat => seat.Problems),
        ],
        seat => SeatsBus.SeatPath(seat.Name), new SeatMethods(bus, service, polkit).Of);

    private readonly StatusObjects<Placed<DeviceStatus>> _devices = new(
        bus, SeatsBus.Device,
        [
            StatusProperty<Placed<DeviceStatus>>.Text("Id", device => device.Part.Id),
            StatusProperty<Placed<DeviceStatus>>.Text("Kind", device => device.Part.Kind),
            StatusProperty<Placed<DeviceStatus>>.Text("Name", device => device.Part.Name),
            StatusProperty<Placed<DeviceStatus>>.Text("Path", device => device.Part.Path),
            StatusProperty<Placed<DeviceStatus>>.Text("Seat", device => device.Seat),
            StatusProperty<Placed<DeviceStatus>>.Text("Reason", device => EnumWords.Of(device.Part.Reason)),
            StatusProperty<Placed<DeviceStatus>>.Text("Claim", device => device.Part.Claim),
            StatusProperty<Placed<DeviceStatus>>.Texts("Refused", device => device.Part.Refused),
            StatusProperty<Placed<DeviceStatus>>.Text("Problem", device => device.Part.Problem),
            StatusProperty<Placed<DeviceStatus>>.Text("UdevSeat", device => device.Part.UdevSeat),
        ],
        device => SeatsBus.DevicePath(device.Part), static _ => []);

    private readonly StatusObjects<Placed<DisplayStatus>> _displays = new(
        bus, SeatsBus.Display,
        [
            StatusProperty<Placed<DisplayStatus>>.Text("Connector", display => display.Part.Connector),
            StatusProperty<Placed<DisplayStatus>>.Text("Monitor", display => display.Part.Monitor),
            StatusProperty<Placed<DisplayStatus>>.Text("Mode", display => display.Part.Mode),
            StatusProperty<Placed<DisplayStatus>>.Text("Way", display => display.Part.Way),
            StatusProperty<Placed<DisplayStatus>>.Number("Rotate", display => (uint)display.Part.Rotate),
            StatusProperty<Placed<DisplayStatus>>.Text("Head", display => display.Part.Head?.ToString(CultureInfo.InvariantCulture)),
            StatusProperty<Placed<DisplayStatus>>.Text("Seat", display => display.Seat),
        ],
        // Each seat may have one of that name.
        display => SeatsBus.DisplayPath(display.Part.Connector == SeatWish.RemoteDisplay ? $"{SeatWish.RemoteDisplay}-{display.Seat}" : display.Part.Connector), static _ => []);

    private readonly StatusObjects<Placed<GpuStatus>> _gpus = new(
        bus, SeatsBus.Gpu,
        [
            StatusProperty<Placed<GpuStatus>>.Text("Address", gpu => gpu.Part.Address),
            StatusProperty<Placed<GpuStatus>>.Text("Driver", gpu => gpu.Part.Driver),
            StatusProperty<Placed<GpuStatus>>.Text("Mode", gpu => gpu.Part.Mode),
            StatusProperty<Placed<GpuStatus>>.Text("Seat", gpu => gpu.Seat),
        ],
        gpu => SeatsBus.GpuPath(gpu.Part.Address), static _ => []);

    private readonly StatusObjects<GuestStatus> _guests = new(
        bus, SeatsBus.Guest,
        [
            StatusProperty<GuestStatus>.Text("Name", guest => guest.Name),
            StatusProperty<GuestStatus>.Text("State", guest => EnumWords.Of(guest.State)),
            StatusProperty<GuestStatus>.Truth("Saved", guest => guest.Saved),
        ],
        guest => SeatsBus.GuestPath(guest.Name), static _ => []);

    /// <param name="Seat">Null where it is the host's.</param>
    private sealed record Placed<T>(T Part, string? Seat);

    /// <summary>Makes the objects those of the status.</summary>
    public async Task ShowAsync(SeatsStatus status)
    {
        await _seats.ShowAsync(status.Seats).ConfigureAwait(false);
        await _devices.ShowAsync(status.DevicesWithSeats().Select(one => new Placed<DeviceStatus>(one.Device, one.Seat))).ConfigureAwait(false);
        await _displays.ShowAsync(status.Seats.SelectMany(seat => seat.Displays.Select(display => new Placed<DisplayStatus>(display, seat.Name)))
            .Concat(status.Host.Displays.Select(display => new Placed<DisplayStatus>(display, null)))).ConfigureAwait(false);
        await _gpus.ShowAsync(status.Seats.Where(seat => seat.Gpu is not null).Select(seat => new Placed<GpuStatus>(seat.Gpu!, seat.Name))
            .Concat(status.Host.Gpus.Select(gpu => new Placed<GpuStatus>(gpu, null)))).ConfigureAwait(false);
        await _guests.ShowAsync(status.Guests).ConfigureAwait(false);
    }
}
