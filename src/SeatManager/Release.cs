using Phyllome.Seats.Guests;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager;

/// <summary>
/// <c>phyllome-seatd release</c>: takes the seats' inputs out of the guests that run, before the router and its virtual devices go:
/// QEMU's main loop would spin on a node that is gone. Where the host itself shuts down, it waits for the guests to do so first.
/// </summary>
internal static class Release
{
    private static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan GuestDeadline = TimeSpan.FromSeconds(60);

    /// <returns>The exit code: 0 where every guest is free of our inputs.</returns>
    public static async Task<int> RunAsync(ManagerOptions options, TextWriter output, TextWriter errors)
    {
        await using var host = new GuestHost(options.LibvirtUri);
        var answered = new TaskCompletionSource<GuestsSeen>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Changed += seen => answered.TrySetResult(seen);
        host.Watch();
        GuestsSeen seen;
        try
        {
            seen = await answered.Task.WaitAsync(ConnectDeadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await errors.WriteLineAsync($"Could not take the inputs out of the guests: {options.LibvirtUri} did not answer within {ConnectDeadline.TotalSeconds:0} s.").ConfigureAwait(false);
            return 1;
        }

        if (seen.Guests is not { } guests)
        {
            await errors.WriteLineAsync($"Could not take the inputs out of the guests: {seen.Problem}").ConfigureAwait(false);
            return 1;
        }

        var ours = guests.Where(guest => guest.Seat is not null && guest.State is not (GuestState.Off or GuestState.Crashed)).ToList();
        if (ours.Count > 0 && await HostState.IsStoppingAsync(null).ConfigureAwait(false))
        {
            foreach (var late in await HostShutdown.EndAsync(host, ours.ToValueList(), HostShutdown.Patience, output).ConfigureAwait(false))
                await errors.WriteLineAsync(late).ConfigureAwait(false);
            ours = [.. (host.Seen.Guests ?? []).Where(guest => guest.Seat is not null && guest.State is not (GuestState.Off or GuestState.Crashed))];
        }
        if (ours.Count == 0)
            await output.WriteLineAsync("No guest runs for a seat.").ConfigureAwait(false);
        var results = await Task.WhenAll(ours.Select(guest => TakeOutAsync(host, guest))).ConfigureAwait(false);
        foreach (var (guest, failure) in results)
        {
            if (failure is null)
                await output.WriteLineAsync($"Guest '{guest.Name}' of seat {guest.Seat} is free of the seat's inputs.").ConfigureAwait(false);
            else
                await errors.WriteLineAsync(failure).ConfigureAwait(false);
        }

        return results.Any(result => result.Failure is not null) ? 1 : 0;
    }

    private static async Task<(Guest Guest, string? Failure)> TakeOutAsync(GuestHost host, Guest guest)
    {
        try
        {
            await host.TakeInputsOutAsync(guest.Uuid).WaitAsync(GuestDeadline).ConfigureAwait(false);
            return (guest, null);
        }
        catch (GuestException failure)
        {
            return (guest, failure.Message);
        }
        catch (TimeoutException)
        {
            return (guest, $"Could not take the inputs out of guest '{guest.Name}': it did not come to an end within {GuestDeadline.TotalSeconds:0} s. Shut the guest down.");
        }
    }
}
