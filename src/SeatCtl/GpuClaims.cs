using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;

namespace Phyllome.Seats.SeatCtl;

/// <summary>
/// <c>seatctl gpu</c>: has cards bound to vfio-pci from the boot on, and alone changes the initramfs for it. A change is shown first, and taken
/// back where nobody confirms it after the restart: whoever lost their picture by it gets it again without doing anything.
/// </summary>
internal sealed class GpuClaims(Terminal terminal, ClaimPlace place)
{
    private readonly ClaimStore _store = new(place.Root);

    internal ExitCode Claim(string pci, string configuration, bool yes, bool dry, bool json)
    {
        var (machine, gpu) = Find(pci);
        var seat = SeatOf(configuration, gpu.Address);
        if (ClaimVerdict.Refusal(CardDiagnosis.Of(machine, gpu.Address, seat)!) is { } refusal)
            throw new CommandFailure(ExitCode.Refused, $"The gpu {gpu.Address} can't be claimed: {refusal}");
        var book = _store.Book();
        var card = new ClaimedCard(
            gpu.Address, gpu.Name, GroupMove.Members(machine, gpu).Select(one => new ClaimedFunction(one.Address, one.Vendor, one.Product)).ToValueList());
        return Change(gpu.Address, book, book.With(card, _store.Boot), yes, dry, json);
    }

    internal ExitCode Release(string pci, bool yes, bool dry, bool json)
    {
        var address = Address(pci);
        var book = _store.Book();
        if (book.Cards.Any(card => card.Address == address))
            return Change(address, book, book.Without(address, _store.Boot), yes, dry, json);
        var (_, gpu) = Find(pci);
        if (dry)
            return Say(new(gpu.Address, false, [], null, "it would be given back to the host at once, by the device helper"), json);
        return place.GiveBack(gpu.Address) is { } fault ? throw new CommandFailure(ExitCode.Failed, $"The gpu {gpu.Address} was not given back: {fault}")
            : Say(new(gpu.Address, true, [], null, null), json);
    }

    internal ExitCode Confirm(bool dry, bool json)
    {
        using var alone = dry ? null : _store.Alone();
        var book = _store.Book();
        if (book.Unready(_store.Boot) is { } why)
            throw new CommandFailure(ExitCode.Failed, $"Nothing was confirmed: {why}");
        var changes = _store.Changes(book.Confirmed());
        if (dry)
            return Say(new(string.Join(", ", book.Cards.Select(card => card.Address)), false, changes.Select(change => new GpuFile("/" + change.Path, _store.Read(change.Path), change.Text)).ToList(), null, null), json);
        _store.Write(changes);
        return Say(new(string.Join(", ", book.Cards.Select(card => card.Address)), true, [], null, null), json);
    }

    /// <summary>What the service manager has done after each boot: takes back what was not confirmed.</summary>
    internal ExitCode Settle(bool none)
    {
        ClaimBook Settled(ClaimBook book) => none ? ClaimBook.Empty : book.Settled(_store.Boot, _store.Up);
        if (_store.Book() is var seen && Settled(seen) == seen)
            return ExitCode.Done;
        using var alone = _store.Alone();
        var book = _store.Book();
        var settled = Settled(book);
        if (settled == book)
            return ExitCode.Done;
        var changes = _store.Changes(settled);
        _store.Write(changes);
        if (settled.Cards == book.Cards)
            return ExitCode.Done;
        if (none)
            terminal.Out.WriteLine("No graphics card is claimed any more.");
        else
            terminal.Error.WriteLine("<4>A change of the claimed graphics cards was not confirmed after the restart, and is taken back.");
        // At once, before what takes its time: it may be the only screen that there is.
        foreach (var card in none ? [] : book.Cards.Where(card => settled.Cards.All(other => other.Address != card.Address)))
        {
            if (place.GiveBack(card.Address) is { } why)
                terminal.Error.WriteLine($"<4>The gpu {card.Address} is the host's with the next boot: {why}");
        }
        return Remake(changes) is { } fault ? throw new CommandFailure(ExitCode.Failed, fault) : ExitCode.Done;
    }

    private ExitCode Change(string gpu, ClaimBook before, ClaimBook after, bool yes, bool dry, bool json)
    {
        if (before.Locked(_store.Boot) is { } locked)
            throw new CommandFailure(ExitCode.Failed, $"Nothing was changed: {locked}");
        var changes = _store.Changes(after);
        var files = changes.Select(change => new GpuFile("/" + change.Path, _store.Read(change.Path), change.Text)).ToList();
        var document = new GpuChange(gpu, false, files, _store.Remaker(changes) is { } words ? string.Join(' ', words) : null, null);
        if (changes.Count == 0)
            return Say(document with { Done = true }, json);
        if (dry)
            return Say(document, json);
        if (!yes)
        {
            Say(document, json: false);
            if (place.Ask is null)
                throw new CommandFailure(ExitCode.Usage, "This changes how the computer starts: look at it with --dry-run, then say --yes.");
            if (!place.Ask("Make this change?"))
                throw new CommandFailure(ExitCode.Failed, "Nothing was changed.");
        }
        using var alone = _store.Alone();
        if (_store.Book() != before)
            throw new CommandFailure(ExitCode.Failed, "Nothing was changed: another seatctl has changed the claimed cards meanwhile. Look again.");
        var old = files.Select(file => new ClaimFile(file.Path[1..], file.Before, changes.First(change => "/" + change.Path == file.Path).Executable)).ToValueList();
        _store.Write(changes);
        if (Remake(changes) is { } fault)
        {
            _store.Write(old);
            // It makes one for each kernel, and some were made before the one that failed.
            throw new CommandFailure(ExitCode.Failed, Remake(changes) is null ? $"Nothing was changed: {fault}"
                : $"The files are as before, but of several kernels' initramfs one may have the change: {fault} When that is mended, run it again.");
        }
        var next = after.Trial is null ? null
            : $"restart the computer, then within {ClaimBook.Patience.TotalMinutes:0} minutes: seatctl gpu confirm; else all is as before";
        return Say(new(gpu, true, yes ? files : [], document.Remake, next), json);
    }

    private ExitCode Say(GpuChange change, bool json) => GpuChangeView.Say(terminal, change, json);

    /// <returns>Why the initramfs was not made anew; null where it was, or need not be.</returns>
    private string? Remake(ValueList<ClaimFile> changes) =>
        _store.Remaker(changes) is { } command && place.Run(command) is { } fault ? $"'{string.Join(' ', command)}' failed: {fault}." : null;

    private (Machine Machine, PciFunction Gpu) Find(string pci)
    {
        var (address, machine) = (Address(pci), MachineReader.Read(place.Root));
        return machine.Gpus.FirstOrDefault(gpu => gpu.Address == address) is { } gpu ? (machine, gpu)
            : throw new CommandFailure(ExitCode.NotThere, $"There is no graphics card at {address}. See: seatctl doctor");
    }

    private static string Address(string pci) => Selectors.PciAddress(pci.StartsWith("pci:", StringComparison.Ordinal) ? pci[4..] : pci)
        ?? throw new CommandFailure(ExitCode.Usage, $"'{pci}' is no PCI address in full, like 0000:01:00.0.");

    /// <summary>The seat that names the card in so many words, so that it may be had though the host would miss it.</summary>
    private string? SeatOf(string configuration, string address) =>
        _store.Read(configuration.TrimStart('/')) is { } text && SeatsToml.Parse(text, configuration).Configuration is { } wanted
            ? wanted.Seats.FirstOrDefault(seat => seat.Gpu == address)?.Name : null;
}
