namespace Phyllome.Seats.VmBridge;

/// <summary>Something that could not be done to a guest. The message is the whole sentence: what, to what, why, what to do.</summary>
public sealed class GuestException : Exception
{
    public GuestException(string sentence) : base(sentence)
    {
    }

    public GuestException(string sentence, Exception cause) : base(sentence, cause)
    {
    }
}
