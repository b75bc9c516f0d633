using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>guest new</c> and <c>guest clone</c> have in common: long work through libvirt that can be cancelled, and the words for why it failed.</summary>
internal static class GuestMaking
{
    private const string Cleared = "\r\u001b[K";

    /// <summary>Makes a guest on another thread, since libvirt's calls block, and takes the line of progress away after it.</summary>
    /// <param name="make">Looks at times whether it is to end, by the caller's token.</param>
    /// <param name="left">What is left of one that was cancelled, as a sentence.</param>
    /// <exception cref="CommandFailure">It was not made.</exception>
    internal static async Task<T> RunAsync<T>(string name, string left, Terminal terminal, Func<Task<T>> make)
    {
        try
        {
            return await Task.Run(make, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Guest '{name}' was not made: cancelled. {left}");
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
            Tell(terminal, "");
        }
    }

    /// <summary>Writes the line of progress over the last one, where a person looks.</summary>
    internal static void Tell(Terminal terminal, string now)
    {
        if (terminal.Screen)
            terminal.Error.Write(Cleared + View.Printable(now));
    }
}
