using System.Text.Json;
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
    private static readonly TimeSpan LeaveDeadline = TimeSpan.FromSeconds(20);

    /// <summary>libvirt hot-plugs evdev inputs since here (its NEWS).</summary>
    private static readonly Version EvdevHotplug = new(10, 4, 0);

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

    /// <summary>
    /// Takes our keyboard and pointer out of a running guest, so that their nodes may go. Nothing is done where it has none. Both are
    /// tried; what fails is told for both.
    /// </summary>
    public async Task TakeInputsOutAsync(Guid guest, CancellationToken cancellation = default)
    {
        var running = await OnAsync(guest, "read the inputs of", CallDeadline,
            (_, domain) => domain.IsActive ? RunningDefinition.Parse(domain.GetXml(DomainXml.None)) : null, cancellation).ConfigureAwait(false);
        if (running is null)
            return;
        var failures = new List<string>();
        if (running.Keyboard is not null)
            await NoteAsync(() => TakeKeyboardOutAsync(guest, running, cancellation), failures).ConfigureAwait(false);
        if (running.Pointer is not null)
            await NoteAsync(() => DetachAsync(guest, DomainXmlNames.PointerAlias, "pointer", cancellation), failures).ConfigureAwait(false);
        if (failures.Count > 0)
            throw new GuestException(string.Join(" ", failures));
    }

    /// <summary>Gives a running guest of the seat those of our inputs that it lacks. Nothing is done where it lacks none.</summary>
    public Task AttachInputsAsync(Guid guest, SeatOverlay overlay, CancellationToken cancellation = default) =>
        OnAsync(guest, "attach the inputs of", CallDeadline, (session, domain) => AttachInputs(session, domain, overlay), cancellation);

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
            using var started = session.Connection.Create(Overlay.Apply(stored, overlay));
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

    private async Task TakeKeyboardOutAsync(Guid guest, RunningDefinition running, CancellationToken cancellation)
    {
        // libvirt compares evdev inputs by nothing but their type (virDomainInputDefEquals), so with a second one it may detach that.
        if (VersionNow() >= EvdevHotplug && running.Keyboards == 1)
            await DetachAsync(guest, DomainXmlNames.KeyboardAlias, "keyboard", cancellation).ConfigureAwait(false);
        else
            await OnAsync(guest, "take the keyboard out of", CallDeadline, (_, domain) => DeleteKeyboard(domain, running.Seat), cancellation)
                .ConfigureAwait(false);
    }

    /// <summary>
    /// An older libvirt refuses to detach an evdev input, so QEMU is asked: its object's id is the input's alias (qemuBuildInputEvdevProps).
    /// libvirt goes on listing the input; the mark in the metadata says that it is out.
    /// </summary>
    private static bool DeleteKeyboard(LibvirtDomain domain, string? seat)
    {
        Ask(domain, $$$"""{"execute":"object-del","arguments":{"id":"{{{DomainXmlNames.KeyboardAlias}}}"}}""", "take the keyboard out of");
        Mark(domain, seat, keyboardOut: true);
        return true;
    }

    private static void AddKeyboard(LibvirtDomain domain, string node, string seat)
    {
        Ask(domain,
            $$$"""
            {"execute":"object-add","arguments":{"qom-type":"input-linux","id":"{{{DomainXmlNames.KeyboardAlias}}}",
            "evdev":"{{{node}}}","grab_all":true,"repeat":true,"grab-toggle":"scrolllock"}}
            """,
            "give the keyboard to");
        Mark(domain, seat, keyboardOut: false);
    }

    private static void Ask(LibvirtDomain domain, string command, string what)
    {
        using var answer = JsonDocument.Parse(domain.MonitorCommand(command));
        if (answer.RootElement.TryGetProperty("error", out var error))
            throw new GuestException($"Could not {what} guest '{domain.Name}': {error.GetProperty("desc").GetString()}. Restart the guest.");
    }

    private static void Mark(LibvirtDomain domain, string? seat, bool keyboardOut)
    {
        var mark = new XElement("seat");
        mark.SetAttributeValue("name", seat);
        mark.SetAttributeValue("keyboard", keyboardOut ? "out" : null);
        domain.SetMetadata(mark.ToString(), DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri, DomainImpact.Live);
    }

    /// <summary>The guest has its say in a PCI unplug, so the device is gone when libvirt tells so, and not when the call returns.</summary>
    private async Task DetachAsync(Guid guest, string alias, string kind, CancellationToken cancellation)
    {
        var session = Session($"take the {kind} out of guest {guest}");
        var leaving = session.ExpectLeaving(guest, alias);
        try
        {
            var name = await OnAsync(guest, $"take the {kind} out of", CallDeadline, (_, domain) =>
            {
                domain.DetachDevice(alias, DomainImpact.Live);
                return domain.Name;
            }, cancellation).ConfigureAwait(false);
            if (!await leaving.WaitAsync(LeaveDeadline, _time, cancellation).ConfigureAwait(false))
                throw new GuestException($"Could not take the {kind} out of guest '{name}': the guest refused to let it go. Shut it down.");
        }
        catch (GuestException failure) when (failure.InnerException is LibvirtException { Code: LibvirtErrorCode.DeviceMissing })
        {
            // Somebody else took it out: that is what was asked for.
        }
        catch (TimeoutException late)
        {
            throw new GuestException($"Could not take the {kind} out of guest {guest}: it has not let it go within {LeaveDeadline.TotalSeconds:0} s "
                + "(only a system that is up answers). Shut the guest down, or try again once it is up.", late);
        }
        catch (OperationCanceledException ended) when (!cancellation.IsCancellationRequested)
        {
            throw new GuestException($"Could not take the {kind} out of guest {guest}: the connection to {uri} ended meanwhile.", ended);
        }
        finally
        {
            session.ForgetLeaving(guest, alias);
        }
    }

    private static bool AttachInputs(GuestSession session, LibvirtDomain domain, SeatOverlay overlay)
    {
        if (!domain.IsActive)
            throw new GuestException($"Could not attach the inputs of guest '{domain.Name}': it is off. Start it.");
        var running = RunningDefinition.Parse(domain.GetXml(DomainXml.None));
        if (running.Seat != overlay.Seat)
            throw new GuestException($"Could not attach the inputs of guest '{domain.Name}': it runs for {Runner(running.Seat)}, not for seat "
                + $"{overlay.Seat}. Shut it down; the seat then starts it.");
        var failures = new List<string>();
        Note(() => AttachKeyboard(session, domain, running, overlay), failures);
        Note(() => AttachPointer(domain, running, overlay), failures);
        return failures.Count == 0 ? true : throw new GuestException(string.Join(" ", failures));
    }

    private static string Runner(string? seat) => seat is null ? "no seat" : $"seat {seat}";

    private static void AttachKeyboard(GuestSession session, LibvirtDomain domain, RunningDefinition running, SeatOverlay overlay)
    {
        if (running.Keyboard == overlay.Keyboard)
            return;
        // The node is in the guest's own /dev, labelled and allowed, for as long as libvirt lists it: only that one can be put back.
        if (running.KeyboardOut == overlay.Keyboard)
            AddKeyboard(domain, overlay.Keyboard, overlay.Seat);
        else if (running.Keyboard is null && running.KeyboardOut is null && session.Version >= EvdevHotplug)
            domain.AttachDevice(Overlay.Keyboard(overlay.Keyboard).ToString(), DomainImpact.Live);
        else
            throw new GuestException($"Could not give {overlay.Keyboard} to the running guest '{domain.Name}': "
                + $"{(running.Keyboard is { } other ? $"it still has {other}" : $"libvirt {session.Version} can't hot-plug keyboards")}. "
                + "Restart the guest to give it its keyboard.");
    }

    private static void AttachPointer(LibvirtDomain domain, RunningDefinition running, SeatOverlay overlay)
    {
        if (running.Pointer == overlay.Pointer)
            return;
        if (running.Pointer is { } other)
            throw new GuestException($"Could not give {overlay.Pointer} to the running guest '{domain.Name}': it still has {other}. Restart the guest.");
        domain.AttachDevice(Overlay.Pointer(overlay.Pointer).ToString(), DomainImpact.Live);
    }

    private static async Task NoteAsync(Func<Task> part, List<string> failures)
    {
        try
        {
            await part().ConfigureAwait(false);
        }
        catch (GuestException failure)
        {
            failures.Add(failure.Message);
        }
    }

    private static void Note(Action part, List<string> failures)
    {
        try
        {
            part();
        }
        catch (GuestException failure)
        {
            failures.Add(failure.Message);
        }
        catch (LibvirtException failure)
        {
            failures.Add($"{failure.Message}.");
        }
    }

    private Version VersionNow() => Session("ask libvirt for its version").Version;

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
