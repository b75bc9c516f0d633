using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.VmBridge;

/// <summary>The host's processors and memory that a guest gets at its seat, where its owner says nothing of them.</summary>
internal static class SeatPinning
{
    internal static void Apply(DomainEdit edit, GuestPinning? pinning)
    {
        if (pinning is null || DefinedProcessors.IsOwners(edit.Root) || DefinedProcessors.Count(edit.Root) != pinning.Vcpus.Count)
            return;
        var service = CpuList.Format(pinning.Service);
        const string WhyTune = "the guests of seats have cores of their own";
        var tune = edit.Ensure(edit.Root, "cputune", WhyTune);
        for (var vcpu = 0; vcpu < pinning.Vcpus.Count; vcpu++)
            edit.Add(tune, new("vcpupin", new XAttribute("vcpu", vcpu), new XAttribute("cpuset", CpuList.Format(pinning.Vcpus[vcpu]))), WhyTune);
        const string WhyService = "what QEMU does besides takes no time from the guest's own processors";
        edit.Add(tune, new("emulatorpin", new XAttribute("cpuset", service)), WhyService);
        foreach (var thread in DefinedProcessors.IOThreads(edit.Root))
            edit.Add(tune, new("iothreadpin", new XAttribute("iothread", thread), new XAttribute("cpuset", service)), WhyService);
        // Of a guest with another processor than the host's, threads might be none that it can have.
        if (pinning.Topology is { } topology && edit.Root.Element("cpu") is { } cpu && cpu.Element("topology") is null
            && cpu.Attribute("mode")?.Value is "host-passthrough" or "host-model")
            edit.Add(cpu, new("topology", new XAttribute("sockets", 1), new XAttribute("dies", 1), new XAttribute("cores", topology.Cores),
                new XAttribute("threads", topology.Threads)), "the guest knows which of its processors share a core");
        if (pinning.HugePages is { } size && edit.Root.Element("memoryBacking") is null)
            edit.Add(edit.Root, new("memoryBacking", new XElement("hugepages", new XElement("page",
                new XAttribute("size", size.ToString(CultureInfo.InvariantCulture)), new XAttribute("unit", "KiB")))), "huge pages are free, and its memory fits into them");
        if (pinning.Node is { } node)
            edit.Add(edit.Root, new("numatune", new XElement("memory", new XAttribute("mode", "preferred"), new XAttribute("nodeset", node))), "its memory is near its cores");
    }
}
