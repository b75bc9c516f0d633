using System.Text.Json;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>guest new</c> prints with <c>--json</c>.</summary>
/// <param name="Notes">What its owner does next, and how it is removed.</param>
internal sealed record NewGuestMade(string Guest, GuestProfile Profile, ValueList<string> Notes);

/// <summary>What <c>guest new</c> prints with <c>--dry-run --json</c>.</summary>
/// <param name="Command">The virt-install that gave the definition, by word; it makes nothing.</param>
internal sealed record NewGuestPreview(string Guest, GuestProfile Profile, ValueList<string> Would, ValueList<string> Command, string Definition);

/// <summary><c>seatctl guest new</c>: a guest that installs its system from a medium. libvirt decides who may.</summary>
internal static class GuestNew
{
    /// <summary>More of anything than any host has.</summary>
    internal const int Most = 1 << 24;

    /// <summary>macOS is none that can be made.</summary>
    internal static IEnumerable<string> Profiles => EnumWords.All<GuestProfile>().Where(pair => pair.Value != GuestProfile.MacOS).Select(pair => pair.Word);

    internal static GuestProfile? ProfileOf(string? word) =>
        EnumWords.All<GuestProfile>().Where(pair => pair.Word == word).Select(pair => (GuestProfile?)pair.Value).FirstOrDefault();

    internal static async Task<ExitCode> RunAsync(
        NewGuestWish wish, string uri, IVirtInstall virtInstall, bool dryRun, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var plan = await GuestMaking.RunAsync(wish.Name, "Nothing of it is left.", terminal, () => MakeAsync(wish, uri, virtInstall, dryRun, terminal, cancellation));
        if (json)
            terminal.Out.WriteLine(dryRun
                ? JsonSerializer.Serialize(new NewGuestPreview(wish.Name, plan.Profile, plan.Steps, plan.Command, plan.Definition), DocumentsJson.Default.NewGuestPreview)
                : JsonSerializer.Serialize(new NewGuestMade(wish.Name, plan.Profile, plan.Notes), DocumentsJson.Default.NewGuestMade));
        else if (dryRun)
            WritePreview(plan, terminal.Out);
        else
            WriteLines(plan.Notes.Prepend($"Guest '{wish.Name}' is made, as {EnumWords.Of(plan.Profile)}."), terminal.Out);
        return ExitCode.Done;
    }

    private static async Task<NewGuestPlan> MakeAsync(
        NewGuestWish wish, string uri, IVirtInstall virtInstall, bool dryRun, Terminal terminal, CancellationToken cancellation)
    {
        using var connection = LibvirtConnection.Open(uri);
        var maker = new GuestMaker(connection, uri, virtInstall);
        var plan = await maker.PlanAsync(wish, Tell, cancellation);
        if (!dryRun)
            maker.Make(plan, Tell, cancellation);
        return plan;

        void Tell(string now) => GuestMaking.Tell(terminal, now);
    }

    private static void WritePreview(NewGuestPlan plan, TextWriter output)
    {
        WriteLines(plan.Steps, output);
        output.WriteLine("The definition, which this gives:");
        output.WriteLine($"    {View.Printable(string.Join(' ', plan.Command.Select(Word)))}");
        output.WriteLine($"with {View.Printable(plan.Wish.Iso)} in its drive, and what the profile {EnumWords.Of(plan.Profile)} adds:");
        WriteLines(plan.Definition.Split('\n'), output);
    }

    private static void WriteLines(IEnumerable<string> lines, TextWriter output) => output.Write(string.Concat(lines.Select(line => View.Printable(line) + "\n")));

    /// <summary>A word as a shell takes it.</summary>
    private static string Word(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=,./:+@".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
