using System.Text.Json;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>guest clone</c> prints with <c>--json</c>.</summary>
/// <param name="Notes">What the owner should know of it.</param>
internal sealed record Cloned(string Base, string Guest, ValueList<string> Notes);

/// <summary><c>seatctl guest clone</c>: a guest on top of another's frozen disks. libvirt decides who may.</summary>
internal static class GuestClone
{
    /// <summary>No more often than anybody reads.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    internal static async Task<ExitCode> RunAsync(string origin, string name, string uri, bool dryRun, bool json, Terminal terminal, CancellationToken cancellation)
    {
        if (dryRun)
        {
            var would = await GuestMaking.RunAsync(name, "Nothing was made.", terminal, () => Task.FromResult(Preview(origin, name, uri)));
            if (json)
                terminal.Out.WriteLine(JsonSerializer.Serialize(new Steps(would), DocumentsJson.Default.Steps));
            else
                terminal.Out.Write(string.Concat(would.Select(step => View.Printable(step) + "\n")));
            return ExitCode.Done;
        }
        var made = await GuestMaking.RunAsync(
            name, "What had been copied is removed again.", terminal, () => Task.FromResult(Clone(origin, name, uri, terminal, cancellation)));
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(new Cloned(origin, name, made.Notes), DocumentsJson.Default.Cloned));
        else
            terminal.Out.Write(string.Concat(made.Notes.Prepend($"Guest '{name}' is made, on top of the frozen disks of '{origin}'.").Select(note => View.Printable(note) + "\n")));
        return ExitCode.Done;
    }

    private static ValueList<string> Preview(string origin, string name, string uri)
    {
        using var connection = LibvirtConnection.Open(uri);
        return new GuestCloner(connection).Preview(origin, name);
    }

    private static CloneMade Clone(string origin, string name, string uri, Terminal terminal, CancellationToken cancellation)
    {
        var shown = 0L;
        using var connection = LibvirtConnection.Open(uri);
        return new GuestCloner(connection).Clone(origin, name, progress =>
        {
            if (!terminal.Screen || (shown != 0 && TimeProvider.System.GetElapsedTime(shown) < Pause))
                return;
            shown = TimeProvider.System.GetTimestamp();
            GuestMaking.Tell(terminal, $"freezing {progress.Disk}: {progress.Done >> 20} of {progress.All >> 20} MiB");
        }, cancellation);
    }
}
