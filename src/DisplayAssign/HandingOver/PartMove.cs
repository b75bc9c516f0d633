using System.Globalization;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign.HandingOver;

/// <summary>Which writes split a graphics card into parts that guests share, and which take them away again; pure.</summary>
public static class PartMove
{
    /// <summary>The functions come without a driver of the host, which else would have each of them for a moment.</summary>
    public static ValueList<SysfsWrite> Split(PciFunction card, int count) =>
        [Autoprobe(card, "0"), Functions(card, count)];

    public static ValueList<SysfsWrite> Make(PciFunction card, string type, Guid device) =>
        [new($"{Folder(card)}/mdev_supported_types/{type}/create", device.ToString())];

    /// <summary>All parts of a card; the kernel waits without an end for a guest that has one.</summary>
    public static ValueList<SysfsWrite> TakeAway(PciFunction card) =>
    [
        .. card.Mediated.Select(device => new SysfsWrite($"{Folder(card)}/{device.Id}/remove", "1")),
        .. card.VirtualFunctions.Active > 0 ? Unsplit(card) : [],
    ];

    /// <summary>As before any split, also where the kernel refused it.</summary>
    public static ValueList<SysfsWrite> Unsplit(PciFunction card) =>
        card.VirtualFunctions.Active > 0 ? [Functions(card, 0), Autoprobe(card, "1")] : [Autoprobe(card, "1")];

    private static string Folder(PciFunction card) => $"bus/pci/devices/{card.Address}";

    private static SysfsWrite Functions(PciFunction card, int count) => new($"{Folder(card)}/sriov_numvfs", count.ToString(CultureInfo.InvariantCulture));

    private static SysfsWrite Autoprobe(PciFunction card, string value) => new($"{Folder(card)}/sriov_drivers_autoprobe", value);
}
