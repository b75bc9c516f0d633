using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Planning;

/// <summary>With which card a seat's guest is started, and what a seat has to say of one that it is without. Pure.</summary>
internal sealed class SeatGpus(SeatsConfiguration wanted, Inventory observed, Current current)
{
    private readonly HashSet<string> _splitting = [];

    /// <summary>
    /// What starts a seat's guest: where its part of a card is yet to be made, that comes first, and the start with the next plan. One part of
    /// a card is made at a time.
    /// </summary>
    public IEnumerable<Step> Starting(StartGuest start, SeatWish seat)
    {
        if (seat is not { Gpu: null, GpuPick.Part: { } part } || Refused(part.ToString()) is not null)
            yield return In(start, seat);
        else if (_splitting.Add(part.Card))
            yield return new MakeGpuPart(seat.Name, part, part.Type is null ? GpuParts.Sharing(part, wanted).Count() : 1);
    }

    /// <summary>The start with the seat's card: one that must not be taken from the host stays there, and the guest keeps its own graphics.</summary>
    private StartGuest In(StartGuest start, SeatWish seat) => seat.Gpu is not { } card || Refused(card) is not null ? start : start with
    {
        Gpu = card,
        Taking = seat.GpuPick is { IsAuto: true } ? GpuTaking.Chosen : GpuTaking.Named,
        Part = seat.GpuPick?.Part,
    };

    /// <param name="own">The seat's own guest; null while it is not known.</param>
    public IEnumerable<Problem> Without(SeatWish seat, Guest? own)
    {
        if (own is null)
            yield break;
        var runs = own.State == GuestState.Running && own.Seat == seat.Name;
        if (seat.Gpu is { } card && Refused(card) is { } why && !own.Passed.Contains(card))
            yield return new(seat.Name, $"guest '{own.Name}' is without the gpu {card}: {why}");
        else if (seat.Gpu is { } late && runs && !own.Passed.Contains(late) && observed.Gpus.Any(gpu => gpu.Address == late))
            yield return new(seat.Name, $"guest '{own.Name}' runs without the gpu {late} of its seat: shut it down, then start it with 'seatctl seat start {seat.Name}'");
        else if (seat is { Gpu: null, GpuPick.Part: { } part } && Refused(part.ToString()) is { } obstacle)
            yield return new(seat.Name, $"guest '{own.Name}' is without the gpu {part}: {obstacle}");
        else if (seat is { Gpu: null, GpuPick.IsAuto: true })
            yield return new(seat.Name, $"guest '{own.Name}' is without a gpu: {NoneFree(runs)}");
    }

    private string NoneFree(bool runs) => current.Refused.Count > 0
        ? string.Join("; ", current.Refused.OrderBy(refused => refused.Address, StringComparer.Ordinal).Select(refused => $"{refused.Address}: {refused.Sentence}"))
        : runs ? "none was free when it was started"
        : "none is free, since each is a seat's, the boot's, the host's, or not to be passed through; see: seatctl doctor";

    private string? Refused(string card) => current.Refused.FirstOrDefault(refused => refused.Address == card)?.Sentence;
}
