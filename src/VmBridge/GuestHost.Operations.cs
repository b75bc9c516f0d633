using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

public sealed partial class GuestHost
{
    /// <summary>Pinning the memory of a large guest with a passed-through GPU takes its time.</summary>
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    /// <summary>libvirt waits for a silent agent before it presses the power button.</summary>
    private static readonly TimeSpan ShutdownDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(20);

    /// <summary>libvirt's start call, for which a test may put another.</summary>
    internal Func<LibvirtConnection, string, LibvirtDomain?> Create { get; init; } = static (connection, xml) => connection.Create(xml);

    /// <summary>
    /// Starts a guest that is off from its stored definition and the overlay, or, where its state was saved, from that and nothing else.
    /// The stored definition stays as it is.
    /// </summary>
    /// <returns>Null, or a warning for the log: the guest runs, but not all is as it should be.</returns>
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

    /// <summary>Pauses a guest.</summary>
    /// <returns>Whether it ran; only then it is to be resumed.</returns>
    public Task<bool> PauseAsync(Guid guest, CancellationToken cancellation = default) =>
        OnAsync(guest, "pause", CallDeadline, (_, domain) =>
        {
            if (StateOf(domain.State) != GuestState.Running)
                return false;
            domain.Pause();
            return true;
        }, cancellation);

    /// <summary>Opens a socket to one of a running guest's displays (QEMU's D-Bus display), for the program that shows it.</summary>
    /// <param name="display">As <see cref="Guest.Screen"/> says.</param>
    public Task<FileDescriptor> OpenDisplayAsync(Guid guest, int display, CancellationToken cancellation = default) =>
        OnAsync(guest, "open the display of", CallDeadline, (_, domain) => domain.OpenGraphics(display), cancellation);

    /// <summary>Lets a guest that is paused go on. Nothing is done to another.</summary>
    public Task ResumeAsync(Guid guest, CancellationToken cancellation = default) =>
        OnAsync(guest, "resume", CallDeadline, (_, domain) =>
        {
            if (StateOf(domain.State) == GuestState.Paused)
                domain.Resume();
            return true;
        }, cancellation);

    private string? Start(GuestSession session, LibvirtDomain domain, SeatOverlay overlay)
    {
        if (domain.IsActive)
            throw new GuestException($"Could not start guest '{domain.Name}' for seat {overlay.Seat}: it is running already. Shut it down first.");
        if (domain.HasManagedSave)
            return Restore(session, domain, overlay);
        var stored = domain.GetXml(DomainXml.Inactive | DomainXml.Secure);
        try
        {
            using var started = Create(session.Connection, Overlay.Apply(stored, overlay with { HasTpm = Overlay.AsksForTpm(stored, overlay.Profile) && session.HasTpm(stored) }));
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

    /// <summary>
    /// A guest whose state was saved would lose what was open in it, and perhaps its file systems, were it started afresh. The state fits
    /// only the devices that it was saved with; of a seat's inputs just their nodes change.
    /// </summary>
    private static string? Restore(GuestSession session, LibvirtDomain domain, SeatOverlay overlay)
    {
        try
        {
            var saved = domain.GetManagedSaveXml();
            var seated = SavedDefinition.AtSeat(saved, overlay);
            if (seated is not null && seated != saved)
                domain.SetManagedSaveXml(seated);
            domain.Start();
            if (seated is not null)
                return null;
        }
        catch (LibvirtException failure)
        {
            throw new GuestException($"Could not restore guest '{domain.Name}' for seat {overlay.Seat} from its saved state: {failure.Text}. It is not "
                + $"started without it. Try 'virsh start {domain.Name}', or give up what was saved with 'virsh managedsave-remove {domain.Name}'.", failure);
        }
        const string Lacks = "and what it was saved with is all that it has until it is shut down and started again";
        try
        {
            AttachInputs(session, domain, overlay);
            return overlay.Gpu.Count == 0 ? null : $"Guest '{domain.Name}' was restored from its saved state without the seat's graphics card, {Lacks}.";
        }
        catch (GuestException failure)
        {
            return $"Guest '{domain.Name}' was restored from its saved state, {Lacks}: {failure.Message}";
        }
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
