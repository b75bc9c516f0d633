namespace Phyllome.Seats.Remote.Core;

/// <summary>What becomes of what a viewer sends: whole messages go on to its guest, or nowhere where it may only look.</summary>
internal sealed class ViewerInput
{
    private readonly HeldInputs _held = new();

    /// <summary>Moves the messages that go on to the beginning of the bytes, in their order.</summary>
    /// <returns>
    /// How many of the bytes were whole messages, and how many of those, from the beginning, go on. A message that is no good is left where it is, after
    /// all before it; once it comes first, it throws.
    /// </returns>
    /// <exception cref="RfbException">The first message is none that is known, or too long.</exception>
    public (int Taken, int Kept) Sift(Span<byte> bytes, bool viewOnly)
    {
        int taken = 0, kept = 0;
        try
        {
            while (ClientMessages.LengthOf(bytes[taken..]) is { } length && length <= bytes.Length - taken)
            {
                var message = bytes.Slice(taken, length);
                taken += length;
                if ((viewOnly && ClientMessages.IsInput(message)) || !_held.Note(message))
                    continue;
                message.CopyTo(bytes[kept..]);
                kept += length;
            }
        }
        catch (RfbException) when (taken > 0)
        {
            // It comes first the next time.
        }

        return (taken, kept);
    }

    /// <summary>The messages that let go of what the viewer holds down.</summary>
    public byte[] Release() => _held.Release();
}
