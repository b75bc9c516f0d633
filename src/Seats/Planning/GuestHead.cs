namespace Phyllome.Seats.Planning;

/// <summary>One of the screens of a guest that has several.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Of">How many the guest has.</param>
/// <param name="On">Those that have a monitor; the guest is told that the others have none. Empty where it is not known what it was told.</param>
public sealed record GuestHead(int Number, int Of, ValueList<int> On);
