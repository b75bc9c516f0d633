using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>Whether what the configuration names is there.</summary>
public static class MachineChecks
{
    /// <summary>The diagnostics of a checked file against this machine, in the order of the file.</summary>
    public static ValueList<SeatFault> Check(SeatsConfiguration wanted, Inventory observed) =>
        GpuChoice.Resolve(wanted, Memory.Empty, observed, Current.Nothing) is var resolved
            ? Check(resolved, observed, ClaimBook.Make(resolved, Memory.Empty, observed.Devices, observed.Displays, Current.Nothing)) : [];

    internal static ValueList<SeatFault> Check(SeatsConfiguration wanted, Inventory observed, ClaimBook claims) =>
        wanted.Seats.SelectMany(seat => Guests(wanted, seat, observed).Concat(Gpu(wanted, seat, observed)))
            .Concat(claims.Faults)
            .OrderBy(fault => fault.Diagnostic.Place?.Line).ThenBy(fault => fault.Diagnostic.Place?.Column)
            .ThenBy(fault => fault.Diagnostic.Sentence, StringComparer.Ordinal)
            .ToValueList();

    private static IEnumerable<SeatFault> Guests(SeatsConfiguration wanted, SeatWish seat, Inventory observed)
    {
        if (observed.Guests is not { } guests)
            yield break;
        for (var i = 0; i < seat.Guests.Count; i++)
        {
            if (guests.Any(guest => guest.Name == seat.Guests[i]))
                continue;
            // A clone is made when somebody sits down.
            var name = i == 0 && seat.CloneOf is { } clone ? clone.Base : seat.Guests[i];
            if (guests.Any(guest => guest.Name == name))
                continue;
            string[] known = [.. guests.Select(guest => guest.Name).Order(StringComparer.Ordinal)];
            var there = known.Length == 0 ? "there are none: define one, with virt-manager or 'virsh define'" : $"those there are {Words.List(known.Take(12))}";
            yield return new(
                seat.Name, new(FileOf(wanted, seat), seat.IsRemembered ? null : seat.Where.Guests[i], $"no libvirt domain is called {Words.Quote(name)}: {there}"), Prevents: i == 0);
        }
    }

    private static IEnumerable<SeatFault> Gpu(SeatsConfiguration wanted, SeatWish seat, Inventory observed)
    {
        SeatFault Fault(string sentence, Severity severity = Severity.Error) =>
            new(seat.Name, new(FileOf(wanted, seat), seat.Where.Gpu, sentence, severity), Prevents: severity == Severity.Error);

        if (seat.Gpu is not { } address)
        {
            if (seat.GpuPick is { Id: { } id } && WithoutId(wanted, seat, id, observed) is var sentence)
                yield return Fault(sentence);
            else if (seat.GpuPick?.Part is { } part && GpuParts.Obstacle(wanted, seat, part, observed) is { } obstacle)
                yield return Fault(obstacle);
            yield break;
        }
        if (observed.Gpus.FirstOrDefault(gpu => gpu.Address == address) is not { } gpu)
        {
            yield return Fault($"there is no gpu at {address}: {GpuParts.Those(observed)}");
            yield break;
        }
        if (wanted.Host.Display is { } display && observed.Displays.Any(d => d.Gpu == address && SelectorMatch.Matches(display, d)))
            yield return Fault($"the gpu {address} shows the host's display {Words.Quote(display.ToString())}: give the host another display, or the seat another gpu");
        else if (gpu.IommuGroup is null)
            yield return Fault($"the gpu {address} cannot be passed through: it is in no IOMMU group; turn the IOMMU on in the firmware's settings and on the kernel's command line");
        else if (gpu.GroupMembers.Where(member => gpu.PartOf is null ? !IsSameSlot(member, address) : member != address).Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } others)
            yield return Fault($"the gpu {address} cannot be passed through alone: its IOMMU group {gpu.IommuGroup} has {Words.List(others)} too, and a group goes whole or not at all; put the card in another slot");
        else if (gpu.Boot)
            yield return Fault($"the gpu {address} showed the boot: the host has no picture on it while the seat's guest runs", Severity.Warning);
        else if (gpu.IsHosts)
            yield return Fault($"the gpu {address} is in the host's use, by its driver '{gpu.Driver}': it is safer to have it bound to vfio-pci from the boot on", Severity.Warning);
    }

    /// <summary>Why none of the cards with the ids is the seat's.</summary>
    private static string WithoutId(SeatsConfiguration wanted, SeatWish seat, string id, Inventory observed)
    {
        var cards = GpuChoice.WithId(id, observed);
        if (cards is not [var only])
        {
            var ids = observed.Gpus.Select(gpu => $"id:{gpu.VendorId}:{gpu.ProductId}").Distinct().Order(StringComparer.Ordinal).ToArray();
            return cards.Length > 1 ? $"the gpu 'id:{id}' is not the only one of its kind: write one of {Words.List(cards.Select(card => $"pci:{card}"))}"
                : $"there is no gpu 'id:{id}': {(ids.Length == 0 ? "this machine has none" : $"those there are {Words.List(ids)}")}";
        }
        var kept = wanted.Host.Keep.ToList().IndexOf(new(SelectorKind.Pci, only));
        return kept >= 0
            ? $"the gpu 'id:{id}' is pci:{only}, which is kept for the host ('keep') on line {wanted.Host.KeepAt[kept].Line}: remove it there or here"
            : wanted.Seats.First(other => other != seat && other.Gpu == only) is { IsRemembered: false } other
                ? $"the gpu 'id:{id}' is pci:{only}, which is given to seat {Words.Quote(other.Name)} on line {other.Where.Gpu?.Line} already: a gpu has one seat"
                : $"the gpu 'id:{id}' is pci:{only}, which another seat has already: a gpu has one seat";
    }

    private static string FileOf(SeatsConfiguration wanted, SeatWish seat) => seat.IsRemembered ? $"seat {seat.Name}" : wanted.File;

    /// <summary><c>0000:01:00.0</c> and <c>0000:01:00.1</c>: functions of one card.</summary>
    internal static bool IsSameSlot(string one, string other) => one.AsSpan(0, one.LastIndexOf('.')).SequenceEqual(other.AsSpan(0, other.LastIndexOf('.')));
}
