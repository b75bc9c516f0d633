using Phyllome.Seats.Status;
using Spectre.Console;
using static Phyllome.Seats.SeatCtl.View;

namespace Phyllome.Seats.SeatCtl;

/// <summary>The status for a person: one table of seats, then problems, then what the host keeps.</summary>
internal static class StatusView
{
    internal static void Draw(IAnsiConsole console, SeatsStatus status)
    {
        if (status.Seats.Count == 0)
            Line(console, "No seats. Configure one in /etc/phyllome/seats.toml, see seats.toml(5).");
        else
            console.Write(SeatTable(status.Seats));
        if (status.Unassigned.Count > 0)
        {
            console.WriteLine();
            Line(console, "Devices of the host", Head);
            var table = Table("", "", "");
            foreach (var device in status.Unassigned)
                table.AddRow(Cell("  " + device.Kind), Cell(device.Name), Cell(device.Id));
            console.Write(table.HideHeaders());
        }
        Problems(console, status);
        if (status.Host.NoSleep is { } reason)
        {
            console.WriteLine();
            Line(console, $"This PC cannot be suspended: {reason}.");
        }
    }

    private static Table SeatTable(ValueList<SeatStatus> seats)
    {
        var table = Table("Seat", "State", "Guest", "Focus", "Devices and displays");
        foreach (var seat in seats)
        {
            var items = Items(seat).ToList();
            table.AddRow(
                Cell(seat.Name, Head), Cell(EnumWords.Of(seat.State), StyleOf(seat.State)),
                Cell(seat.Guest is { } guest ? $"{guest.Name} ({(guest.Saved ? "saved" : EnumWords.Of(guest.State))})" : "-"), Cell(seat.Focus ?? "-"), Cell(items.FirstOrDefault() ?? "-"));
            foreach (var item in items.Skip(1))
                table.AddRow(Cell(""), Cell(""), Cell(""), Cell(""), Cell(item));
        }
        return table;
    }

    private static IEnumerable<string> Items(SeatStatus seat) =>
    [
        .. seat.Devices.Select(device => $"{device.Kind} {device.Name}"),
        .. seat.Displays.Select(display => string.Join(' ', new[] { "display", display.Monitor ?? display.Connector, display.Mode, display.Rotate != 0 ? $"turned by {display.Rotate}" : null, display.Head is { } head ? $"screen {head + 1}" : null, display.Way is { } way ? $"({way})" : "(no picture)" }.Where(part => part != null))),
        .. seat.Remote is { } remote ? [RemoteDisplay.Summary(remote)] : Array.Empty<string>(),
        .. seat.Gpu is { } gpu ? [$"gpu {gpu.Address} ({gpu.Mode})"] : Array.Empty<string>(),
        .. seat.Processors is { } processors ? [$"processors {processors}"] : Array.Empty<string>(),
    ];

    private static void Problems(IAnsiConsole console, SeatsStatus status)
    {
        List<string> problems =
        [
            .. status.Seats.SelectMany(seat => seat.Problems.Select(problem => $"{seat.Name}: {problem}")),
            .. status.Host.Configuration is { } fault ? [fault] : Array.Empty<string>(),
            .. status.Host.Problems,
        ];
        if (problems.Count == 0)
            return;
        console.WriteLine();
        Line(console, "Problems", Head);
        foreach (var problem in problems)
            Line(console, "  " + problem, Bad);
    }

    private static Style StyleOf(SeatState state) => state switch
    {
        SeatState.Active => new(Color.Green),
        SeatState.Failed => Bad,
        _ => new(Color.Yellow),
    };
}
