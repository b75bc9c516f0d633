using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.VmBridge;

/// <summary>The processors of guests.</summary>
public sealed partial class GuestHost
{
    /// <summary>What the stored definition says of a guest's processors.</summary>
    public Task<GuestProcessors> ReadProcessorsAsync(Guid guest, CancellationToken cancellation = default) =>
        OnAsync(guest, "read the processors of", CallDeadline, (_, domain) => ReadProcessors(domain), cancellation);

    /// <inheritdoc cref="ReadProcessorsAsync"/>
    public static GuestProcessors ReadProcessors(LibvirtDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        return DefinedProcessors.Read(domain.GetXml(DomainXml.Inactive), domain.MaxMemory);
    }

    /// <summary>
    /// Has a running guest's threads run where the pinning says. What runs there already is left alone, and all of a guest whose owner
    /// says himself where it runs.
    /// </summary>
    public Task PinAsync(Guid guest, GuestPinning pinning, CancellationToken cancellation = default) =>
        OnAsync(guest, "pin the processors of", CallDeadline, (_, domain) => Pin(domain, pinning), cancellation);

    private static bool Pin(LibvirtDomain domain, GuestPinning pinning)
    {
        if (!domain.IsActive || (domain.IsPersistent && DefinedProcessors.IsOwners(XElement.Parse(domain.GetXml(DomainXml.Inactive)))))
            return false;
        var live = XElement.Parse(domain.GetXml(DomainXml.None));
        var pins = DefinedProcessors.Pins(live).ToLookup(
            pin => (pin.Name.LocalName, PciAddress.Number((pin.Attribute("vcpu") ?? pin.Attribute("iothread"))?.Value) ?? 0),
            pin => DefinedProcessors.List(pin.Attribute("cpuset")?.Value));
        for (var vcpu = 0; vcpu < Math.Min(pinning.Vcpus.Count, DefinedProcessors.Count(live)); vcpu++)
        {
            if (!Is("vcpupin", vcpu, pinning.Vcpus[vcpu]))
                domain.PinVcpu(vcpu, pinning.Vcpus[vcpu]);
        }
        if (!Is("emulatorpin", 0, pinning.Service))
            domain.PinEmulator(pinning.Service);
        foreach (var thread in DefinedProcessors.IOThreads(live).Where(thread => !Is("iothreadpin", thread, pinning.Service)))
            domain.PinIOThread(thread, pinning.Service);
        return true;

        bool Is(string kind, int number, ValueList<int> cpus) => pins[(kind, number)].FirstOrDefault() is { } now && now.Order().SequenceEqual(cpus.Order());
    }
}
