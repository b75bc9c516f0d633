using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>gpu claim</c>, <c>release</c> and <c>confirm</c> print with <c>--json</c>.</summary>
/// <param name="Done">Whether it was done; false for <c>--dry-run</c>.</param>
/// <param name="Files">What was, or would be, written.</param>
/// <param name="Remake">The command that makes the initramfs anew; null where none has to be run.</param>
/// <param name="Next">What is to be done now; null for nothing.</param>
internal sealed record GpuChange(string Gpu, bool Done, IReadOnlyList<GpuFile> Files, string? Remake, string? Next);

/// <param name="After">Null where the file goes.</param>
internal sealed record GpuFile(string Path, string? Before, string? After);

/// <summary>Where cards are claimed; tests do it elsewhere.</summary>
/// <param name="Root">A directory that mirrors a machine's paths.</param>
/// <param name="Run">Runs a program with its arguments, and says why it failed; null where it did not.</param>
/// <param name="GiveBack">Has a card given back to the host at once, and says why it was not; null where it was.</param>
/// <param name="Ask">Asks the person at the terminal; null where there is none.</param>
internal sealed record ClaimPlace(string Root, Func<ValueList<string>, string?> Run, Func<string, string?> GiveBack, Func<string, bool>? Ask)
{
    internal static ClaimPlace OfThisMachine { get; } = new("/", RunHere, GpuHelper.GiveBack, Console.IsInputRedirected ? null : AskHere);

    private static string? RunHere(ValueList<string> command)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"it ended with {process.ExitCode}";
        }
        catch (Win32Exception failure)
        {
            return failure.Message;
        }
    }

    private static bool AskHere(string question)
    {
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine() is { } answer && answer.Trim().StartsWith("y", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>
/// <c>seatctl gpu</c>: has cards bound to vfio-pci from the boot on, and alone changes the initramfs for it. A change is shown first, and taken
/// back where nobody confirms it after the restart: whoever lost their picture by it gets it again without doing anything.
/// </summary>
internal sealed class GpuClaims(Terminal terminal, ClaimPlace place)
{
    /// <summary>Below the root.</summary>
    private const string Lock = "run/phyllome-gpus.lock";

    private string Boot => Read("proc/sys/kernel/random/boot_id")?.Trim() ?? "";

    internal ExitCode Claim(string pci, string configuration, bool yes, bool dry, bool json)
    {
        var (machine, gpu) = Find(pci);
        var seat = SeatOf(configuration, gpu.Address);
        if (ClaimVerdict.Refusal(CardDiagnosis.Of(machine, gpu.Address, seat)!) is { } refusal)
            throw new CommandFailure(ExitCode.Refused, $"The gpu {gpu.Address} can't be claimed: {refusal}");
        var book = Book();
        var card = new ClaimedCard(
            gpu.Address, gpu.Name, GroupMove.Members(machine, gpu).Select(one => new ClaimedFunction(one.Address, one.Vendor, one.Product)).ToValueList());
        return Change(gpu.Address, book, book.With(card, Boot), yes, dry, json);
    }

    internal ExitCode Release(string pci, bool yes, bool dry, bool json)
    {
        var address = Address(pci);
        var book = Book();
        if (book.Cards.Any(card => card.Address == address))
            return Change(address, book, book.Without(address, Boot), yes, dry, json);
        var (_, gpu) = Find(pci);
        if (dry)
            return Say(new(gpu.Address, false, [], null, "it would be given back to the host at once, by the device helper"), json);
        return place.GiveBack(gpu.Address) is { } fault ? throw new CommandFailure(ExitCode.Failed, $"The gpu {gpu.Address} was not given back: {fault}")
            : Say(new(gpu.Address, true, [], null, null), json);
    }

    internal ExitCode Confirm(bool json)
    {
        using var alone = Alone();
        var book = Book();
        if (book.Unready(Boot) is { } why)
            throw new CommandFailure(ExitCode.Failed, $"Nothing was confirmed: {why}");
        Write(Changes(book.Confirmed()));
        return Say(new(string.Join(", ", book.Cards.Select(card => card.Address)), true, [], null, null), json);
    }

    /// <summary>What the service manager has done after each boot: takes back what was not confirmed.</summary>
    internal ExitCode Settle(bool none)
    {
        ClaimBook Settled(ClaimBook book) => none ? ClaimBook.Empty : book.Settled(Boot, Up());
        if (Book() is var seen && Settled(seen) == seen)
            return ExitCode.Done;
        using var alone = Alone();
        var book = Book();
        var settled = Settled(book);
        if (settled == book)
            return ExitCode.Done;
        var changes = Changes(settled);
        Write(changes);
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
        if (before.Locked(Boot) is { } locked)
            throw new CommandFailure(ExitCode.Failed, $"Nothing was changed: {locked}");
        var changes = Changes(after);
        var command = changes.Any(change => change.Path != ClaimFiles.Book) ? ClaimFiles.Remake(ClaimFiles.Maker(place.Root)) : null;
        var files = changes.Select(change => new GpuFile("/" + change.Path, Read(change.Path), change.Text)).ToList();
        var document = new GpuChange(gpu, false, files, command is { } words ? string.Join(' ', words) : null, null);
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
        using var alone = Alone();
        if (Book() != before)
            throw new CommandFailure(ExitCode.Failed, "Nothing was changed: another seatctl has changed the claimed cards meanwhile. Look again.");
        var old = files.Select(file => new ClaimFile(file.Path[1..], file.Before, changes.First(change => "/" + change.Path == file.Path).Executable)).ToValueList();
        Write(changes);
        if (Remake(changes) is { } fault)
        {
            Write(old);
            throw new CommandFailure(ExitCode.Failed, $"Nothing was changed: {fault}");
        }
        var next = after.Trial is null ? null
            : $"restart the computer, then within {ClaimBook.Patience.TotalMinutes:0} minutes: seatctl gpu confirm; else all is as before";
        return Say(new(gpu, true, yes ? files : [], document.Remake, next), json);
    }

    /// <summary>Until it is disposed, nobody else changes claims: what the service manager takes back after the boot may be what is being confirmed.</summary>
    private FileStream Alone()
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(place.Root, "run"));
            // FileShare.None is flock, which ends with the process.
            return new(Path.Combine(place.Root, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CommandFailure(ExitCode.Failed, "Another seatctl changes the claimed cards now: try again when it has ended.");
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't write /{Lock}: {fault.Message} Are you root (sudo)?");
        }
    }

    private ValueList<ClaimFile> Changes(ClaimBook book) =>
        ClaimFiles.Of(book, ClaimFiles.Maker(place.Root)).Where(file => Read(file.Path) != file.Text).ToValueList();

    /// <summary>The book first: where the rest fails, it is known what was meant. Each file is whole or as before.</summary>
    private void Write(ValueList<ClaimFile> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(place.Root, file.Path);
            try
            {
                if (file.Text is null)
                {
                    File.Delete(path);
                    continue;
                }
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path + ".new", file.Text);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(path + ".new", file.Executable ? (UnixFileMode)0b111_101_101 : (UnixFileMode)0b110_100_100);
                File.Move(path + ".new", path, overwrite: true);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw new CommandFailure(ExitCode.Failed, $"Can't write /{file.Path}: {fault.Message} Are you root (sudo)?");
            }
        }
    }

    private string? Remake(ValueList<ClaimFile> changes)
    {
        if (changes.All(change => change.Path == ClaimFiles.Book) || ClaimFiles.Remake(ClaimFiles.Maker(place.Root)) is not { } command)
            return null;
        return place.Run(command) is { } fault ? $"'{string.Join(' ', command)}' failed: {fault}." : null;
    }

    private ExitCode Say(GpuChange change, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(change, DocumentsJson.Default.GpuChange));
            return ExitCode.Done;
        }
        foreach (var file in change.Files)
        {
            terminal.Out.WriteLine($"{(file.After is null ? "remove" : file.Before is null ? "write" : "change")} {file.Path}");
            foreach (var line in (file.After ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                terminal.Out.WriteLine($"    {View.Printable(line)}");
        }
        if (change is { Remake: { } command, Done: false })
            terminal.Out.WriteLine($"run {command}");
        if (change is { Files.Count: 0, Done: true, Next: null, Remake: null })
            terminal.Out.WriteLine("Nothing else is to be done.");
        if (change.Next is { } next)
            terminal.Out.WriteLine($"{char.ToUpperInvariant(next[0])}{next[1..]}.");
        return ExitCode.Done;
    }

    private ClaimBook Book()
    {
        try
        {
            return Read(ClaimFiles.Book) is not { } text ? ClaimBook.Empty : JsonSerializer.Deserialize(text, ClaimJson.Default.ClaimBook) ?? ClaimBook.Empty;
        }
        catch (JsonException fault)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't read /{ClaimFiles.Book}: {fault.Message} It is made by 'seatctl gpu claim' alone.");
        }
    }

    private string? Read(string path)
    {
        var file = Path.Combine(place.Root, path);
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't read /{path}: {fault.Message}");
        }
    }

    private TimeSpan Up() => TimeSpan.FromSeconds(
        double.TryParse(Read("proc/uptime")?.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0);

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
        Read(configuration.TrimStart('/')) is { } text && SeatsToml.Parse(text, configuration).Configuration is { } wanted
            ? wanted.Seats.FirstOrDefault(seat => seat.Gpu == address)?.Name : null;
}
