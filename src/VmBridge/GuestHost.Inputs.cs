using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>The inputs of guests that run.</summary>
public sealed partial class GuestHost
{
    private static readonly TimeSpan LeaveDeadline = TimeSpan.FromSeconds(20);

    /// <summary>libvirt hot-plugs evdev inputs since here (its NEWS).</summary>
    private static readonly Version EvdevHotplug = new(10, 4, 0);

    /// <summary>One of our inputs of a guest.</summary>
    private sealed record InputKind(string Word, string Alias)
    {
        internal static InputKind Keyboard { get; } = new("keyboard", DomainXmlNames.KeyboardAlias);

        internal static InputKind Pointer { get; } = new("pointer", DomainXmlNames.PointerAlias);

        internal static InputKind OfClone(CloneInput clone) => new($"clone {clone.Node}", DomainXmlNames.CloneAlias + clone.CloneOf);
    }

    /// <summary>
    /// Takes our keyboard, our pointer and our clones out of a running guest, so that their nodes may go. Nothing is done where it has none. All
    /// are tried; what fails is told for all.
    /// </summary>
    public Task TakeInputsOutAsync(Guid guest, CancellationToken cancellation = default) => TakeInputsOutAsync(guest, _ => true, cancellation);

    private async Task TakeInputsOutAsync(Guid guest, Predicate<RunningInput> which, CancellationToken cancellation)
    {
        var running = await OnAsync(guest, "read the inputs of", CallDeadline,
            (_, domain) => domain.IsActive ? RunningDefinition.Parse(domain.GetXml(DomainXml.None)) : null, cancellation).ConfigureAwait(false);
        if (running is null)
            return;
        var failures = new List<string>();
        var clones = running.Clones.Select(clone => (InputKind.OfClone(clone), (RunningInput?)new RunningInput(clone.Node, IsEvdev: false, IsOut: false)));
        foreach (var (kind, input) in clones.Prepend((InputKind.Pointer, running.Pointer)).Prepend((InputKind.Keyboard, running.Keyboard)))
        {
            if (input is null or { IsOut: true } || !which(input))
                continue;
            try
            {
                await TakeOutAsync(guest, kind, input, running.Evdevs, cancellation).ConfigureAwait(false);
            }
            catch (GuestException failure)
            {
                failures.Add(failure.Message);
            }
        }
        if (failures.Count > 0)
            throw new GuestException(string.Join(" ", failures));
    }

    /// <summary>
    /// Gives a running guest those of our inputs that it lacks, and its seat's mark. Nothing is done where it lacks none, or is off. Both are
    /// tried; what fails is told for both.
    /// </summary>
    public Task AttachInputsAsync(Guid guest, SeatOverlay overlay, CancellationToken cancellation = default) =>
        OnAsync(guest, "attach the inputs of", CallDeadline, (session, domain) => AttachInputs(session, domain, overlay), cancellation);

    /// <summary>Plugs a clone into a running guest. Nothing is done where it has it.</summary>
    /// <param name="profile">The profile that is configured; null where it is to be found.</param>
    /// <param name="input">The input bus that is configured; null for the profile's own.</param>
    public Task AttachCloneAsync(
        Guid guest, CloneInput clone, GuestProfile? profile, InputBus? input, CancellationToken cancellation = default) =>
        OnAsync(guest, "plug a clone into", CallDeadline, (_, domain) => AttachClone(domain, clone, profile, input), cancellation);

    private static bool AttachClone(LibvirtDomain domain, CloneInput clone, GuestProfile? profile, InputBus? input)
    {
        Overlay.CheckNode(clone.Node);
        if (!domain.IsActive)
            throw new GuestException($"Could not plug {clone.Node} into guest '{domain.Name}': it is off. Start it.");
        var live = domain.GetXml(DomainXml.None);
        if (RunningDefinition.Parse(live).Clones.FirstOrDefault(one => one.CloneOf == clone.CloneOf) is { } has)
            return has.Node == clone.Node ? true : throw new GuestException($"Could not plug {clone.Node} into guest '{domain.Name}': it still has {has.Node}. Restart the guest.");
        var definition = XElement.Parse(live);
        if (!SeatInputs.Choose(definition, ProfileFinder.Find(definition, profile).Profile, input).TakesClones)
            throw new GuestException($"Could not plug {clone.Node} into guest '{domain.Name}': it is not known to have the driver of virtio input devices. "
                + $"Install it there and set input = \"virtio\" for [guest.{domain.Name}], or give the device to it as a USB device.");
        domain.AttachDevice(SeatInputs.CloneOf(clone).ToString(), DomainImpact.Live);
        return true;
    }

    private async Task TakeOutAsync(Guid guest, InputKind kind, RunningInput input, int evdevs, CancellationToken cancellation)
    {
        // libvirt compares evdev inputs by nothing but their type (virDomainInputDefEquals), so with a second one it may detach that.
        if (!input.IsEvdev || (Session("ask libvirt for its version").Version >= EvdevHotplug && evdevs == 1))
            await DetachAsync(guest, kind.Word, kind.Alias, cancellation).ConfigureAwait(false);
        else
            await OnAsync(guest, $"take the {kind.Word} out of", CallDeadline, (_, domain) => Delete(domain, kind), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// An older libvirt refuses to detach an evdev input, so QEMU is asked: its object's id is the input's alias (qemuBuildInputEvdevProps).
    /// libvirt goes on listing the input; the mark in the metadata says that it is out.
    /// </summary>
    private static bool Delete(LibvirtDomain domain, InputKind kind)
    {
        Ask(domain, "object-del", new() { ["id"] = kind.Alias }, $"take the {kind.Word} out of");
        Mark(domain, null, kind, isOut: true);
        return true;
    }

    /// <summary>Puts back what <see cref="Delete"/> took out, as the overlay had it.</summary>
    private static void PutBack(LibvirtDomain domain, InputKind kind, string node)
    {
        var input = new JsonObject { ["qom-type"] = "input-linux", ["id"] = kind.Alias, ["evdev"] = node };
        if (kind == InputKind.Keyboard)
        {
            input["grab_all"] = true;
            input["repeat"] = true;
            input["grab-toggle"] = "scrolllock";
        }
        Ask(domain, "object-add", input, $"give the {kind.Word} to");
        Mark(domain, null, kind, isOut: false);
    }

    private static void Ask(LibvirtDomain domain, string command, JsonObject arguments, string what)
    {
        var question = new JsonObject { ["execute"] = command, ["arguments"] = arguments };
        using var answer = JsonDocument.Parse(domain.MonitorCommand(question.ToJsonString()));
        if (answer.RootElement.TryGetProperty("error", out var error))
            throw new GuestException($"Could not {what} guest '{domain.Name}': {error.GetProperty("desc").GetString()}. Restart the guest.");
    }

    /// <param name="seat">The seat to mark it with; null for the one that it has.</param>
    /// <param name="kind">Whose place to note; null for neither's.</param>
    private static void Mark(LibvirtDomain domain, string? seat, InputKind? kind, bool isOut)
    {
        var before = RunningDefinition.Parse(domain.GetXml(DomainXml.None));
        var mark = new XElement("seat", new XAttribute("name", seat ?? before.Seat ?? ""));
        foreach (var (one, input) in new[] { (InputKind.Keyboard, before.Keyboard), (InputKind.Pointer, before.Pointer) })
        {
            if (one == kind ? isOut : input is { IsOut: true })
                mark.SetAttributeValue(one.Word, "out");
        }
        domain.SetMetadata(mark.ToString(), DomainXmlNames.SeatPrefix, DomainXmlNames.SeatUri, DomainImpact.Live);
    }

    /// <summary>The guest has its say in a PCI unplug, so the device is gone when libvirt tells so, and not when the call returns.</summary>
    private async Task DetachAsync(Guid guest, string word, string alias, CancellationToken cancellation)
    {
        var session = Session($"take the {word} out of guest {guest}");
        var leaving = session.ExpectLeaving(guest, alias);
        try
        {
            var name = await OnAsync(guest, $"take the {word} out of", CallDeadline, (_, domain) =>
            {
                domain.DetachDevice(alias, DomainImpact.Live);
                return domain.Name;
            }, cancellation).ConfigureAwait(false);
            if (!await leaving.WaitAsync(LeaveDeadline, _time, cancellation).ConfigureAwait(false))
                throw new GuestException($"Could not take the {word} out of guest '{name}': the guest refused to let it go. Shut it down.");
        }
        catch (GuestException failure) when (failure.InnerException is LibvirtException { Code: LibvirtErrorCode.DeviceMissing })
        {
            // Somebody else took it out: that is what was asked for.
        }
        catch (TimeoutException late)
        {
            throw new GuestException($"Could not take the {word} out of guest {guest}: it has not let it go within {LeaveDeadline.TotalSeconds:0} s "
                + "(only a system that is up answers). Shut the guest down, or try again once it is up.", late);
        }
        catch (OperationCanceledException ended) when (!cancellation.IsCancellationRequested)
        {
            throw new GuestException($"Could not take the {word} out of guest {guest}: the connection to {uri} ended meanwhile.", ended);
        }
        finally
        {
            session.ForgetLeaving(guest, alias);
        }
    }

    private static bool AttachInputs(GuestSession session, LibvirtDomain domain, SeatOverlay overlay)
    {
        if (!domain.IsActive)
            return true;
        var live = domain.GetXml(DomainXml.None);
        var running = RunningDefinition.Parse(live);
        if (running.Seat is { } other && other != overlay.Seat)
            throw new GuestException($"Could not attach the inputs of guest '{domain.Name}': it runs for seat {other}, not for seat "
                + $"{overlay.Seat}. Shut it down; the seat then starts it.");
        var definition = XElement.Parse(live);
        var inputs = SeatInputs.Choose(definition, ProfileFinder.Find(definition, overlay.Profile).Profile, overlay.Input);
        var failures = new List<string>();
        if (running.Seat is null)
            Note(() => Mark(domain, overlay.Seat, null, isOut: false), failures);
        Note(() => Attach(session, domain, overlay.Seat, InputKind.Keyboard, running.Keyboard, overlay.Keyboard, SeatInputs.KeyboardOf(overlay.Keyboard)), failures);
        if (running.Pointer is null && inputs.Pointer == InputBus.Usb && !SeatInputs.HasUsbInput(definition.Element("devices")!, "mouse"))
            Note(() => domain.AttachDevice(SeatInputs.UsbMouse().ToString(), DomainImpact.Live), failures);
        Note(() => Attach(session, domain, overlay.Seat, InputKind.Pointer, running.Pointer, overlay.Pointer, inputs.PointerOf(overlay.Pointer)), failures);
        return failures.Count == 0 ? true : throw new GuestException(string.Join(" ", failures));
    }

    private static void Attach(GuestSession session, LibvirtDomain domain, string seat, InputKind kind, RunningInput? has, string node, XElement input)
    {
        if (has == new RunningInput(node, has?.IsEvdev ?? false, IsOut: false))
            return;
        // The node is in the guest's own /dev, labelled and allowed, for as long as libvirt lists it: only that one can be put back.
        if (has is { IsOut: true } && has.Node == node)
            PutBack(domain, kind, node);
        else if (has is null && (input.Attribute("type")?.Value != "evdev" || session.Version >= EvdevHotplug))
            domain.AttachDevice(input.ToString(), DomainImpact.Live);
        else
            throw new GuestException($"Could not give {node} to the running guest '{domain.Name}': "
                + $"{(has is null ? $"libvirt {session.Version} can't hot-plug evdev inputs" : $"it still has {has.Node}")}. "
                + $"Shut it down, then start it with 'seatctl seat start {seat}', to give it its {kind.Word}.");
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
}
