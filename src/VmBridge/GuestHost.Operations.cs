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
    /// <summary>A large memory to a slow disk.</summary>
    private static readonly TimeSpan SaveDeadline = TimeSpan.FromMinutes(15);
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

    /// <summary>
    /// Saves the state of a guest that is on, which is off then. Those of our inputs that are passed through by virtio go first: QEMU has no state
    /// of them (virtio-input-host is unmigratable). Nothing is done to one that is off.
    /// </summary>
    public async Task SaveAsync(Guid guest, CancellationToken cancellation = default)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _saving[guest] = broken;
        try
        {
            await TakeInputsOutAsync(guest, input => !input.IsEvdev, broken.Token).ConfigureAwait(false);
            broken.Token.ThrowIfCancellationRequested();
            // Once begun it is libvirt that is to break it off: one that is only waited for no more goes on.
            await OnAsync(guest, "save", SaveDeadline, (_, domain) =>
            {
                if (domain.IsActive)
                    domain.ManagedSave();
                return true;
            }, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is GuestException or OperationCanceledException && broken.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new GuestException($"Guest {guest} is not saved: it was broken off, and the guest runs on.", failure);
        }
        finally
        {
            _saving.TryRemove(guest, out _);
        }
    }

    /// <summary>Breaks <see cref="SaveAsync"/> off, which then fails, and the guest runs on. Nothing is done where it is over.</summary>
    public async Task BreakOffAsync(Guid guest, CancellationToken cancellation = default)
    {
        if (!_saving.TryGetValue(guest, out var saving))
            return;
        try
        {
            await saving.CancelAsync().ConfigureAwait(false);
            await OnAsync(guest, "break off the saving of", CallDeadline, (_, domain) =>
            {
                domain.AbortJob();
                return true;
            }, cancellation).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
        catch (GuestException failure) when (failure.InnerException is LibvirtException { Code: LibvirtErrorCode.OperationInvalid })
        {
            // It has not begun, and will not; or it has ended.
        }
    }

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

    /// <summary>Opens a connection to a running guest's VNC server, for a viewer who may see it: it asks for no password.</summary>
    /// <param name="display">As <see cref="Guest.Vnc"/> says.</param>
    public Task<FileDescriptor> OpenVncAsync(Guid guest, int display, CancellationToken cancellation = default) =>
        OnAsync(guest, "open the display of", CallDeadline, (_, domain) => domain.OpenGraphics(display, skipsPassword: true), cancellation);

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
            return Restore(domain, overlay);
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
    /// only the devices that it was saved with; of a seat's inputs just their nodes change. What it lacks it gets once it runs.
    /// </summary>
    private static string? Restore(LibvirtDomain domain, SeatOverlay overlay)
    {
        try
        {
            var saved = domain.GetManagedSaveXml();
            if (SavedDefinition.AtSeat(saved, overlay) is var seated && seated != saved)
                domain.SetManagedSaveXml(seated);
            domain.Start();
        }
        catch (LibvirtException failure)
        {
            throw new GuestException($"Could not restore guest '{domain.Name}' for seat {overlay.Seat} from its saved state: {failure.Text}. It is not "
                + $"started without it. Try 'virsh start {domain.Name}', or give up what was saved with 'virsh managedsave-remove {domain.Name}'.", failure);
        }
        return overlay.Gpu.Count == 0 ? null
            : $"Guest '{domain.Name}' was restored from its saved state without the seat's graphics card, and what it was saved with is all that it has until it is shut down and started again.";
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
