using Phyllome.Seats.Guests;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager;

/// <summary>Ends the guests of seats before the host ends: each is asked, and waited for.</summary>
internal static class HostShutdown
{
    /// <summary>After so long the host goes on with those that still run; systemd then ends them.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(2);

    /// <returns>A sentence for each guest that still runs; empty where none does.</returns>
    public static async Task<ValueList<string>> EndAsync(GuestHost host, ValueList<Guest> guests, TimeSpan patience, TextWriter output)
    {
        var left = guests.ToDictionary(guest => guest.Uuid);
        var reasons = new Dictionary<Guid, string>();
        var none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnChanged(GuestsSeen seen)
        {
            if (seen.Guests is { } now && left.Keys.All(uuid => now.All(guest => guest.Uuid != uuid || guest.State is GuestState.Off or GuestState.Crashed)))
                none.TrySetResult();
        }

        host.Changed += OnChanged;
        try
        {
            await output.WriteLineAsync($"The host shuts down; waiting for {string.Join(", ", guests.Select(guest => $"'{guest.Name}'"))} to do so first.").ConfigureAwait(false);
            foreach (var (guest, failure) in await Task.WhenAll(guests.Select(AskAsync)).ConfigureAwait(false))
            {
                if (failure is not null)
                    reasons[guest] = failure;
            }
            OnChanged(host.Seen);
            await none.Task.WaitAsync(patience).ConfigureAwait(false);
            return [];
        }
        catch (TimeoutException)
        {
            return (host.Seen.Guests ?? guests)
                .Where(guest => left.ContainsKey(guest.Uuid) && guest.State is not (GuestState.Off or GuestState.Crashed))
                .Select(guest => reasons.GetValueOrDefault(guest.Uuid)
                    ?? $"Guest '{guest.Name}' has not shut down within {patience.TotalSeconds:0} s of its power button; the host does not wait for it any longer.")
                .ToValueList();
        }
        finally
        {
            host.Changed -= OnChanged;
        }

        async Task<(Guid Guest, string? Failure)> AskAsync(Guest guest)
        {
            try
            {
                await host.ShutdownAsync(guest.Uuid).ConfigureAwait(false);
                return (guest.Uuid, null);
            }
            catch (GuestException failure)
            {
                return (guest.Uuid, failure.Message);
            }
        }
    }
}
