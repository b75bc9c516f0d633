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

    internal static async Task<ExitCode> RunAsync(string origin, string name, string uri, bool json, Terminal terminal, CancellationToken cancellation)
    {
        CloneMade made;
        try
        {
            // Its calls block; between two pieces of a copy it looks whether it is to end.
            made = await Task.Run(() => Clone(origin, name, uri, terminal, cancellation), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Guest '{name}' was not made: cancelled. What had been copied is removed again.");
        }
        catch (GuestException refusal)
        {
            throw new CommandFailure(ExitCode.Failed, refusal.Message);
        }
        catch (LibvirtException failure)
        {
            throw new CommandFailure(ExitCode.Failed, $"{failure.Message}. Is libvirt running, and may you use it (group libvirt)?");
        }
        finally
        {
            if (terminal.Screen)
                terminal.Error.Write("\r\u001b[K");
        }

        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(new Cloned(origin, name, made.Notes), DocumentsJson.Default.Cloned));
        else
            terminal.Out.Write(string.Concat(made.Notes.Prepend($"Guest '{name}' is made, on top of the frozen disks of '{origin}'.").Select(note => View.Printable(note) + "\n")));
        return ExitCode.Done;
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
            terminal.Error.Write($"\r\u001b[Kfreezing {View.Printable(progress.Disk)}: {progress.Done >> 20} of {progress.All >> 20} MiB");
        }, cancellation);
    }
}
