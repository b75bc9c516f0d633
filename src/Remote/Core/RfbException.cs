namespace Phyllome.Seats.Remote.Core;

/// <summary>Why a viewer ends, as it stands in the log: nothing of what it typed.</summary>
internal sealed class RfbException(string sentence) : IOException(sentence);
