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

    public const string ErrorFailed = "org.phyllome.Seats1.Error.Failed";
    public const string ErrorNotThere = "org.phyllome.Seats1.Error.NotThere";
    public const string ErrorRefused = "org.phyllome.Seats1.Error.Refused";

    /// <summary>polkit action: start and stop seats.</summary>
    public const string ActionManageSeats = "org.phyllome.seats1.manage-seats";

    /// <summary>polkit action: move a seat's input.</summary>
    public const string ActionFocus = "org.phyllome.seats1.focus";

    /// <summary>The environment variable with another bus than the system's, for tests.</summary>
    public const string AddressVariable = "PHYLLOME_BUS_ADDRESS";

    /// <summary>
    /// The object of a seat. Bytes that a path may not hold are written <c>_2d</c>, and so is a leading digit, as systemd's
    /// bus_label_escape does it.
    /// </summary>
    public static string SeatPath(string name)
    {
        var path = new StringBuilder(Path).Append("/seat/");
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
