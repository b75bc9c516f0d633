namespace Phyllome.Seats.DisplayAssign.Observed;

/// <summary>PCI addresses as sysfs writes them, <c>0000:01:00.0</c>.</summary>
internal static class PciName
{
    internal static bool Is(string name) =>
        name.LastIndexOf('.') is var dot && dot == name.Length - 2 && dot >= 10 && name[dot - 3] == ':' && name[dot - 6] == ':';

    /// <summary>All but the function: two functions with the same are one card.</summary>
    internal static string Slot(string address) => address[..address.LastIndexOf('.')];
}
