using System.ComponentModel;
using System.Diagnostics;

namespace Phyllome.Seats.SeatCtl;

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
