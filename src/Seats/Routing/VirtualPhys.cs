namespace Phyllome.Seats.Routing;

/// <summary>
/// Where our virtual devices say that they are (EVIOCGPHYS, the sysfs attribute phys): <c>phyllome/GUEST/WHAT</c>, the guest by its UUID or
/// <c>host</c>. The udev rules go by it, as does the refusal to take one for a physical device.
/// </summary>
public static class VirtualPhys
{
    private const string Ours = "phyllome/", Hosts = $"{Ours}{HostReach.Word}/";

    public static string Of(Guid guest, string what) => $"{Ours}{(guest == HostReach.Id ? HostReach.Word : guest)}/{what}";

    public static bool IsOurs(string phys) => phys.StartsWith(Ours, StringComparison.Ordinal);

    /// <summary>Of the host's own, which the host is to hear.</summary>
    public static bool IsHosts(string phys) => phys.StartsWith(Hosts, StringComparison.Ordinal);
}
