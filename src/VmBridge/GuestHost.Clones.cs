using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>Guests that are made for seats.</summary>
public sealed partial class GuestHost
{
    /// <summary>The first clone of a base copies its disks whole.</summary>
    private static readonly TimeSpan CloneDeadline = TimeSpan.FromHours(2);

    private static readonly TimeSpan DiscardDeadline = TimeSpan.FromMinutes(1);

    /// <summary>Makes a clone of a guest, stores its definition, and waits until it was told by <see cref="Changed"/>.</summary>
    /// <param name="throwaway">Whether it is to be discarded with its seat's use of it, and says so of itself.</param>
    public async Task CloneAsync(string baseName, string name, bool throwaway, CancellationToken cancellation = default)
    {
        var what = $"clone guest '{baseName}' as '{name}'";
        try
        {
            await _calls.RunAsync(what, CloneDeadline, () =>
            {
                // A connection of its own: what is copied passes through it, and nothing else is to wait behind that.
                using var connection = LibvirtConnection.Open(uri);
                return new GuestCloner(connection) { Throwaway = throwaway }.Clone(baseName, name, static _ => { }, cancellation);
            }, cancellation).ConfigureAwait(false);
        }
        catch (LibvirtException failure)
        {
            throw new GuestException($"Could not {what}: {failure.Message}.", failure);
        }
        await UntilAsync(guests => guests.Any(guest => guest.Name == name), cancellation).ConfigureAwait(false);
    }

    /// <summary>Discards a throwaway clone that is off, and waits until that was told by <see cref="Changed"/>.</summary>
    public async Task DiscardAsync(Guid guest, CancellationToken cancellation = default)
    {
        await OnAsync(guest, "discard", DiscardDeadline, (_, domain) =>
        {
            // A connection of its own: virtqemud asks virtstoraged over one that it opens once for each of ours, and never anew where that breaks.
            using var connection = LibvirtConnection.Open(uri);
            new GuestDiscarder(connection).Discard(domain);
            return true;
        }, cancellation).ConfigureAwait(false);
        await UntilAsync(guests => guests.All(other => other.Uuid != guest), cancellation).ConfigureAwait(false);
    }

    /// <summary>Until the guests are so, or it takes too long: then whoever looks next sees what there is.</summary>
    private async Task UntilAsync(Func<ValueList<Guest>, bool> are, CancellationToken cancellation)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(GuestsSeen seen)
        {
            if (seen.Guests is not { } guests || are(guests))
                told.TrySetResult();
        }

        Changed += Look;
        try
        {
            Look(Seen);
            await told.Task.WaitAsync(CallDeadline, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // libvirt has it all the same.
        }
        finally
        {
            Changed -= Look;
        }
    }
}
