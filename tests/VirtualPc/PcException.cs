namespace Phyllome.Seats.VirtualPc;

/// <summary>Something could not be done with the virtual PC; the message says what, why, and what to do next.</summary>
public sealed class PcException : Exception
{
    public PcException() { }
    public PcException(string message) : base(message) { }
    public PcException(string message, Exception inner) : base(message, inner) { }
}
