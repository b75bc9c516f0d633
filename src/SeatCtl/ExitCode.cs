namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>seatctl</c> ends with; scripts rely on the numbers.</summary>
internal enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotThere = 3,
    Refused = 4,
}

/// <summary>A command that was not done; the message is the sentence for stderr, with what to do next.</summary>
internal sealed class CommandFailure(ExitCode code, string sentence) : Exception(sentence)
{
    public ExitCode Code { get; } = code;
}
