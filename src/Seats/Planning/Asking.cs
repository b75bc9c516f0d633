using Phyllome.Seats.Presenting;

namespace Phyllome.Seats.Planning;

/// <summary>Whose keyboard is in front of which screen is asked of those who sit there: a key, or a code that their screen shows, and then a click.</summary>
/// <param name="Devices">Ids of the keyboards and pointers that may answer, in order. They are nobody's meanwhile.</param>
/// <param name="Sources">Input numbers of their nodes, in order.</param>
/// <param name="Screens">Where it is asked, in the order of their connectors; none while only a click is waited for.</param>
public sealed record Asking(ValueList<string> Devices, ValueList<int> Sources, ValueList<AskingScreen> Screens)
{
    /// <summary>The seat whose mouse is known by its next click; null where none is waited for, or that of more than one seat.</summary>
    public string? Clicking { get; init; }

    /// <summary>The codes, in the order of <see cref="Screens"/>; none where any key will do.</summary>
    public ValueList<string> Codes => Screens.Select(screen => screen.Question.Code).OfType<string>().ToValueList();
}

/// <param name="Connector">The kernel's name, <c>card0-DP-1</c>.</param>
/// <param name="Card">PCI address of its card.</param>
public sealed record AskingScreen(string Connector, string Card, AskWhoIsThere Question);

/// <summary>A source that answered.</summary>
/// <param name="Input">Its input number.</param>
/// <param name="Connector">At which screen; null where it is not known, as of a click.</param>
public sealed record Answered(int Input, string? Connector);
