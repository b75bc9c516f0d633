using Spectre.Console;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What all that is drawn is made of: borderless tables and lines of plain text.</summary>
internal static class View
{
    internal static readonly Style Head = new(decoration: Decoration.Bold);
    internal static readonly Style Bad = new(Color.Red);

    internal static Table Table(params string[] heads)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var head in heads)
            table.AddColumn(new TableColumn(new Text(head, Head)) { Padding = new Padding(0, 0, 2, 0) });
        return table;
    }

    internal static void Line(IAnsiConsole console, string text, Style? style = null)
    {
        console.Write(Cell(text, style));
        console.WriteLine();
    }

    /// <summary>A text whose further lines stand below its first.</summary>
    internal static void Indented(IAnsiConsole console, string text, int columns = 2) => console.Write(new Padder(Cell(text), new Padding(columns, 0, 0, 0)));

    internal static Text Cell(string text, Style? style = null) => new(Printable(text), style);

    /// <summary>A device may name itself with escape sequences: what a terminal would obey is shown as '?'.</summary>
    internal static string Printable(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
