using System.Globalization;
using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.VmBridge;

/// <summary>What a definition says of a guest's virtual processors.</summary>
internal static class DefinedProcessors
{
    /// <param name="memory">In KiB.</param>
    internal static GuestProcessors Read(string xml, long memory)
    {
        var domain = XElement.Parse(xml);
        return new(Count(domain), memory, IsOwners(domain), Pinned(domain));
    }

    /// <param name="memory">In KiB.</param>
    internal static GuestSize Size(string xml, long memory) => new(Count(XElement.Parse(xml)), memory);

    /// <summary>All that it may have, those that are not plugged in too.</summary>
    internal static int Count(XElement domain) =>
        int.TryParse(domain.Element("vcpu")?.Value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count) ? count : 1;

    /// <summary>Whether its owner says where its processors or its memory go.</summary>
    internal static bool IsOwners(XElement domain) =>
        domain.Element("vcpu")?.Attribute("cpuset") is not null || domain.Element("vcpu")?.Attribute("placement")?.Value == "auto"
        || domain.Element("numatune") is not null || domain.Element("cpu")?.Element("numa") is not null || Pins(domain).Any();

    /// <summary>Numbers of its IO threads: those that are listed, else from 1.</summary>
    internal static IEnumerable<int> IOThreads(XElement domain)
    {
        var listed = domain.Element("iothreadids")?.Elements("iothread").Select(thread => PciAddress.Number(thread.Attribute("id")?.Value)).OfType<int>().ToList() ?? [];
        var count = PciAddress.Number(domain.Element("iothreads")?.Value.Trim()) ?? listed.Count;
        return listed.Concat(Enumerable.Range(1, Math.Max(0, count)).Where(id => !listed.Contains(id))).Take(Math.Max(count, listed.Count)).Order();
    }

    internal static IEnumerable<XElement> Pins(XElement domain) =>
        domain.Element("cputune")?.Elements().Where(pin => pin.Name.LocalName is "vcpupin" or "emulatorpin" or "iothreadpin") ?? [];

    private static ValueList<int> Pinned(XElement domain) =>
        Pins(domain).Where(pin => pin.Name == "vcpupin").Select(pin => pin.Attribute("cpuset")).Append(domain.Element("vcpu")?.Attribute("cpuset"))
            .SelectMany(set => List(set?.Value)).Distinct().Order().ToValueList();

    /// <summary>A list with exclusions (<c>0-7,^3</c>), which only owners write.</summary>
    internal static IEnumerable<int> List(string? set)
    {
        string[] parts = set?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        try
        {
            return CpuList.Parse(string.Join(',', parts.Where(part => part[0] != '^')))
                .Except(CpuList.Parse(string.Join(',', parts.Where(part => part[0] == '^').Select(part => part[1..]))));
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
