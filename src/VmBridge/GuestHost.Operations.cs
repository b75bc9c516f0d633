using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

public sealed partial class GuestHost
{
    /// <summary>Pinning the memory of a large guest with a passed-through GPU takes its time.</summary>
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    /// <summary>libvirt waits for a silent agent before it presses the power button.</summary>
    private static readonly TimeSpan ShutdownDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Starts a guest that is off from its stored definition and the overlay. The stored definition stays as it is.
    /// </summary>
    /// <returns>Null, or a warning for the log: the guest runs, but its stored definition is no more what it was.</returns>
    public Task<string?> StartAsync(Guid guest, SeatOverlay overlay, CancellationToken cancellation = default) =>
        OnAsync(guest, "start", StartDeadline, (session, domain) => Start(session, domain, overlay), cancellation);

    /// <summary>
    /// Asks the guest to shut down, by its agent or its power button; that it is off is told by <see cref="Changed"/>. Nothing is done to
    /// one that is off.
    /// </summary>
    public Task ShutdownAsync(Guid guest, CancellationToken cancellation = default) =>
        OnAsync(guest, "shut down", ShutdownDeadline, (_, domain) =>
        {
            if (domain.IsActive)
                domain.Shutdown();
            return true;
        }, cancellation);

    private static string? Start(GuestSession session, LibvirtDomain domain, SeatOverlay overlay)
    {
        if (domain.IsActive)
            throw new GuestException($"Could not start guest '{domain.Name}' for seat {overlay.Seat}: it is running already. Shut it down first.");
        if (domain.HasManagedSave)
            throw new GuestException($"Could not start guest '{domain.Name}' for seat {overlay.Seat}: it has a saved state, which fits only the "
                + $"devices that it was saved with. Restore it (virsh start {domain.Name}) or remove it (virsh managedsave-remove {domain.Name}).");
        var stored = domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
        try
        {
            using var started = session.Connection.Create(Overlay.Apply(stored, overlay with { HasTpm = session.HasTpm(stored) }));
        }
        catch (LibvirtException failure)
        {
            throw new GuestException($"Could not start guest '{domain.Name}' for seat {overlay.Seat}: {failure.Text}. "
                + $"See /var/log/libvirt/qemu/{domain.Name}.log.", failure);
        }
        return domain.GetXml(DomainXml.Inactive | DomainXml.Secure) == stored
            ? null
            : $"The stored definition of guest '{domain.Name}' changed while it was being started.";
    }

    private GuestSession Session(string what)
    {
        lock (_gate)
            return _session ?? throw new GuestException($"Could not {what}: there is no connection to {uri}. {_seen.Problem}");
    }

    private async Task<T> OnAsync<T>(
        Guid guest, string verb, TimeSpan deadline, Func<GuestSession, LibvirtDomain, T> call, CancellationToken cancellation)
    {
        var what = $"{verb} guest {guest}";
        var session = Session(what);
        try
        {
            return await _calls.RunAsync(what, deadline, () =>
            {
                using var domain = session.Connection.Find(guest)
                    ?? throw new GuestException($"Could not {what}: {uri} has no such guest.");
                return call(session, domain);
            }, cancellation).ConfigureAwait(false);
        }
        catch (LibvirtException failure)
        {
            throw new GuestException($"{failure.Message}.", failure);
        }
        catch (ObjectDisposedException ended)
        {
            throw new GuestException($"Could not {what}: the connection to {uri} ended meanwhile.", ended);
        }
    }
}
