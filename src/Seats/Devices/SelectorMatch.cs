using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.Devices;

/// <summary>Which devices and displays a selector picks.</summary>
public static class SelectorMatch
{
    /// <param name="all">All devices that there are: an <c>id:</c> picks only while one device alone has it.</param>
    public static bool Matches(Selector selector, Device device, IReadOnlyList<Device> all) => selector.Kind switch
    {
        SelectorKind.Port => IsAtOrBehind(device.Port, selector.Value),
        SelectorKind.Path => IsPath(device.Path, selector.Value),
        SelectorKind.Serial => device.Serial == selector.Value,
        SelectorKind.Id => HasId(device, selector.Value) && all.Count(other => HasId(other, selector.Value)) == 1,
        SelectorKind.Bluetooth => string.Equals(device.Address, selector.Value, StringComparison.OrdinalIgnoreCase),
        SelectorKind.Name => IsLike(device.Name, selector.Value),
        _ => false,
    };

    public static bool Matches(Selector selector, Display display) => selector.Kind switch
    {
        SelectorKind.Connector => display.Connector == selector.Value || display.Place == selector.Value,
        SelectorKind.Edid => string.Equals(display.Edid, selector.Value, StringComparison.OrdinalIgnoreCase),
        SelectorKind.Pci => display.Gpu == selector.Value,
        _ => false,
    };

    /// <summary>Whether the device is of the vendor and product of an <c>id:</c>, alone or not.</summary>
    public static bool HasId(Device device, string id) =>
        id.Length == 9 && id.AsSpan(0, 4).Equals(device.VendorId, StringComparison.OrdinalIgnoreCase)
        && id.AsSpan(5).Equals(device.ProductId, StringComparison.OrdinalIgnoreCase);

    internal static bool IsAtOrBehind(string? port, string wanted) =>
        port is not null && port.StartsWith(wanted, StringComparison.Ordinal) && (port.Length == wanted.Length || port[wanted.Length] == '.');

    /// <summary>With or without the interface (<c>:1.0</c>) that ID_PATH has for a USB node.</summary>
    internal static bool IsPath(string? path, string wanted) =>
        path is not null && wanted.StartsWith(path, StringComparison.Ordinal) && (path.Length == wanted.Length || wanted[path.Length] == ':');

    /// <summary>A glob with * and ?; at most the product of both lengths in steps.</summary>
    private static bool IsLike(string text, string glob)
    {
        int at = 0, pattern = 0, star = -1, resume = 0;
        while (at < text.Length)
        {
            if (pattern < glob.Length && glob[pattern] == '*')
            {
                star = pattern++;
                resume = at;
            }
            else if (pattern < glob.Length && (glob[pattern] == '?' || glob[pattern] == text[at]))
            {
                pattern++;
                at++;
            }
            else if (star >= 0)
            {
                pattern = star + 1;
                at = ++resume;
            }
            else
                return false;
        }
        return glob.AsSpan(pattern).Trim('*').IsEmpty;
    }
}
