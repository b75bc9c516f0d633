using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>The parts of cards: which one is a seat's, and why it has none. Pure.</summary>
internal static class GpuParts
{
    /// <summary>Those there are that a seat could have, in order: any virtual function of the card, and the mediated device that was made for the seat.</summary>
    public static IEnumerable<Gpu> Fitting(GpuPart part, SeatWish seat, Inventory observed)
    {
        var own = part.Type is null ? null : part.Of(seat.Name).ToString();
        return observed.Gpus.Where(gpu => gpu.PartOf == part.Card && gpu.Type == part.Type && (own is null || gpu.Address == own)).OrderBy(gpu => gpu.Address, StringComparer.Ordinal);
    }

    /// <summary>The seats that share the part's card in its way, in the order of the file.</summary>
    public static IEnumerable<SeatWish> Sharing(GpuPart part, SeatsConfiguration wanted) => wanted.Seats.Where(seat => seat.GpuPick?.Part == part);

    /// <summary>Why a part that is not there can't be made, a sentence; null where it can.</summary>
    public static string? Obstacle(SeatsConfiguration wanted, SeatWish seat, GpuPart part, Inventory observed)
    {
        if (observed.Gpus.FirstOrDefault(gpu => gpu.Address == part.Card && gpu.PartOf is null) is not { } card)
            return $"there is no gpu at {part.Card}: {Those(observed)}";
        var before = Sharing(part, wanted).TakeWhile(other => other.Name != seat.Name).ToList();
        if (part.Type is not null)
            return card.Types.FirstOrDefault(type => type.Name == part.Type) is not { } type
                ? card.Types.Count == 0 ? $"the gpu {part.Card} can't be split into mediated devices: its driver offers none"
                    : $"the gpu {part.Card} has no mediated devices of type {Words.Quote(part.Type)}: its types are {Words.List(card.Types.Select(one => one.Name))}"
                : type.Available <= before.Count(other => other.Gpu is null)
                    ? $"the gpu {part.Card} has no room for one more {part.Type} (it has for {type.Available}), and {Lines(part, wanted)} ask for it"
                    : null;
        if (card.PossibleFunctions == 0)
            return $"the gpu {part.Card} has no virtual functions: SR-IOV has to be on in the firmware's settings, and the card's driver has to offer it";
        if (card.IommuGroup is null)
            return $"the gpu {part.Card} cannot be shared: it is in no IOMMU group; turn the IOMMU on in the firmware's settings and on the kernel's command line";
        if (before.Count >= card.PossibleFunctions)
            return $"the gpu {part.Card} can have {card.PossibleFunctions} virtual functions, and {Lines(part, wanted)} ask for one each";
        return card.Functions == 0 ? null
            : $"the gpu {part.Card} has {card.Functions} virtual functions, and none of them is free: shut the guests down that have them, then 'seatctl gpu release {part.Card}'";
    }

    /// <summary>The whole cards of this machine, as one writes them.</summary>
    public static string Those(Inventory observed) =>
        observed.Gpus.Where(gpu => gpu.PartOf is null).Select(gpu => $"pci:{gpu.Address}").Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } there
            ? $"those there are {Words.List(there)}" : "this machine has none";

    private static string Lines(GpuPart part, SeatsConfiguration wanted) =>
        $"the seats on lines {string.Join(", ", Sharing(part, wanted).Select(seat => seat.Where.Gpu?.Line))}";
}
