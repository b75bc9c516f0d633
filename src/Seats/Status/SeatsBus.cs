using System.Globalization;
using System.Text;

namespace Phyllome.Seats.Status;

/// <summary>The names of the D-Bus API, that the manager serves and the command line calls.</summary>
public static class SeatsBus
{
    public const string Name = "org.phyllome.Seats1";
    public const string Path = "/org/phyllome/Seats1";
    public const string Manager = "org.phyllome.Seats1.Manager";
    public const string Seat = "org.phyllome.Seats1.Seat";
    public const string Device = "org.phyllome.Seats1.Device";
    public const string Display = "org.phyllome.Seats1.Display";
    public const string Gpu = "org.phyllome.Seats1.Gpu";
    public const string Guest = "org.phyllome.Seats1.Guest";

    public const string ErrorFailed = "org.phyllome.Seats1.Error.Failed";
    public const string ErrorNotThere = "org.phyllome.Seats1.Error.NotThere";
    public const string ErrorRefused = "org.phyllome.Seats1.Error.Refused";

    /// <summary>polkit action: start and stop seats.</summary>
    public const string ActionManageSeats = "org.phyllome.seats1.manage-seats";

    /// <summary>polkit action: say whose a device is.</summary>
    public const string ActionAssign = "org.phyllome.seats1.assign";

    /// <summary>polkit action: add and remove seats.</summary>
    public const string ActionChangeSeats = "org.phyllome.seats1.change-seats";

    /// <summary>polkit action: take everything back to the host.</summary>
    public const string ActionHostTake = "org.phyllome.seats1.host-take";

    /// <summary>polkit action: move a seat's input.</summary>
    public const string ActionFocus = "org.phyllome.seats1.focus";

    /// <summary>polkit action: say how a seat is seen from elsewhere.</summary>
    public const string ActionRemote = "org.phyllome.seats1.remote";

    /// <summary>polkit action: see when and how fast each device is used.</summary>
    public const string ActionSeeTraffic = "org.phyllome.seats1.see-traffic";

    /// <summary>The environment variable with another bus than the system's, for tests.</summary>
    public const string AddressVariable = "PHYLLOME_BUS_ADDRESS";

    /// <summary>The object of a seat.</summary>
    public static string SeatPath(string name) => ObjectPath("seat", name);

    /// <summary>The object of a device, by its first event node: two devices of one receiver have the same port.</summary>
    public static string DevicePath(DeviceStatus device) => ObjectPath("device", device.Path?[(device.Path.LastIndexOf('/') + 1)..] ?? device.Id);

    public static string DisplayPath(string connector) => ObjectPath("display", connector);

    public static string GpuPath(string address) => ObjectPath("gpu", address);

    public static string GuestPath(string name) => ObjectPath("guest", name);

    /// <summary>Bytes that a path may not hold are written <c>_2d</c>, and so is a leading digit, as systemd's bus_label_escape does it.</summary>
    private static string ObjectPath(string kind, string name)
    {
        var path = new StringBuilder(Path).Append('/').Append(kind).Append('/');
        var start = path.Length;
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            if (char.IsAsciiLetter((char)value) || (char.IsAsciiDigit((char)value) && path.Length > start))
                path.Append((char)value);
            else
                path.Append(CultureInfo.InvariantCulture, $"_{value:x2}");
        }
        return path.Length > start ? path.ToString() : path.Append('_').ToString();
    }
}
