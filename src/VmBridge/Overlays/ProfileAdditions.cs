using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>One thing that a profile adds to a definition that says nothing of it.</summary>
/// <param name="Name">The element, and of a timer its name.</param>
/// <param name="Needs">Names of others that must be on, be it by the owner or by us; QEMU refuses to start without.</param>
/// <param name="Attributes">Of the added element.</param>
internal sealed record Addition(string Name, string Why, ValueList<string> Needs, params (string Name, string Value)[] Attributes);

/// <summary>
/// What a profile adds. Only what the definition does not mention: a thing that its owner turned off stays off, and so does what needs it.
/// A hypervisor is never hidden, and neither firmware nor disk and network buses are changed: an installed system would not start.
/// </summary>
internal static class ProfileAdditions
{
    /// <summary>The name of Hyper-V's clock among the <see cref="Addition.Needs"/>.</summary>
    private const string HyperVClock = "hypervclock";

    /// <summary>QEMU's docs/system/i386/hyperv.rst says what each does and needs.</summary>
    internal static ValueList<Addition> Enlightenments { get; } =
    [
        new("relaxed", "no watchdog of the guest fires because the host was slow", [], ("state", "on")),
        new("vapic", "interrupts are acknowledged without leaving the guest", [], ("state", "on")),
        new("spinlocks", "a processor that spins for long lets another run", [], ("state", "on"), ("retries", "8191")),
        new("vpindex", "processors are known by number, as others of these need", [], ("state", "on")),
        new("runtime", "the guest sees how long its processors really ran", [], ("state", "on")),
        new("synic", "interrupts between processors, as timers need", ["vpindex"], ("state", "on")),
        new("stimer", "timers of their own, so that an idle guest is idle", ["vpindex", "synic", HyperVClock], ("state", "on")),
        new("frequencies", "the guest asks for its clock rates, and measures none", [], ("state", "on")),
        new("tlbflush", "one call flushes the TLBs of processors that do not run", ["vpindex"], ("state", "on")),
        new("ipi", "one call interrupts many processors", ["vpindex"], ("state", "on")),
    ];

    internal static ValueList<Addition> Timers { get; } =
    [
        new("rtc", "ticks that were missed are made up for, so that the clock is right", [], ("tickpolicy", "catchup")),
        new("pit", "ticks that were missed come late, and not in a burst", [], ("tickpolicy", "delay")),
        new("hpet", "Windows would use this slow timer rather than the next", [], ("present", "no")),
        new(HyperVClock, "reading the time does not leave the guest", [], ("present", "yes")),
    ];

    internal const string WhyLocalTime = "Windows keeps local time in the machine's clock";
    internal const string WhyTpm = "Windows 11 wants a TPM 2.0";

    internal static void Apply(DomainEdit edit, GuestProfile profile, bool hasTpm)
    {
        if (profile is not (GuestProfile.Windows10 or GuestProfile.Windows11))
            return;
        var clock = AddTimers(edit);
        if (IsKvm(edit.Root))
            AddEnlightenments(edit, clock);
        if (profile == GuestProfile.Windows11 && hasTpm && edit.Devices.Element("tpm") is null)
            edit.Add(edit.Devices, new("tpm", new XAttribute("model", "tpm-crb"),
                new XElement("backend", new XAttribute("type", "emulator"), new XAttribute("version", "2.0"))), WhyTpm);
    }

    /// <summary>What a profile would like and only the owner can do.</summary>
    internal static IEnumerable<string> Advice(GuestProfile profile, XElement domain)
    {
        if (profile != GuestProfile.Windows11)
            yield break;
        if (!ProfileFinder.IsSecure(domain.Element("os")))
            yield return "Its firmware does no Secure Boot, which the setup of Windows 11 wants. A system that was installed without starts no more with it, "
                + "so nothing is changed: choose a firmware with Secure Boot before Windows is installed (virt-install --boot uefi).";
        if (domain.Element("devices")!.Element("tpm") is null)
            yield return "It has no TPM, and this host emulates none: install swtpm.";
    }

    /// <returns>The clock, with the timers.</returns>
    private static XElement AddTimers(DomainEdit edit)
    {
        var clock = edit.Root.Element("clock") ?? edit.Add(edit.Root, new("clock", new XAttribute("offset", "localtime")), WhyLocalTime);
        foreach (var timer in Timers.Where(timer => Timer(clock, timer.Name) is null && (timer.Name != HyperVClock || IsKvm(edit.Root))))
            edit.Add(clock, Make("timer", [("name", timer.Name), .. timer.Attributes]), timer.Why);
        return clock;
    }

    private static void AddEnlightenments(DomainEdit edit, XElement clock)
    {
        const string Why = "Windows knows that it is virtual, and is spared what is slow there";
        // As many as the host has, the owner said.
        if (edit.Root.Element("features")?.Element("hyperv")?.Attribute("mode")?.Value == "passthrough")
            return;
        var hyperv = edit.Ensure(edit.Ensure(edit.Root, "features", Why), "hyperv", Why);
        foreach (var one in Enlightenments)
        {
            if (hyperv.Element(one.Name) is null && one.Needs.All(IsOn))
                edit.Add(hyperv, Make(one.Name, one.Attributes), one.Why);
        }

        bool IsOn(string name) => name == HyperVClock
            ? Timer(clock, HyperVClock)?.Attribute("present")?.Value != "no"
            : hyperv.Element(name)?.Attribute("state")?.Value == "on";
    }

    private static XElement? Timer(XElement clock, string name) =>
        clock.Elements("timer").FirstOrDefault(timer => timer.Attribute("name")?.Value == name);

    /// <summary>The enlightenments are KVM's.</summary>
    private static bool IsKvm(XElement domain) => domain.Attribute("type")?.Value == "kvm";

    private static XElement Make(string name, IEnumerable<(string Name, string Value)> attributes) =>
        new(name, attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));
}
