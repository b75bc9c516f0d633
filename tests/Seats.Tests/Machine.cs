using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests;

/// <summary>The machine that the tests' configuration files are checked against.</summary>
internal static class Machine
{
    public static Device Keyboard(string port, int input, string name = "Logitech Keyboard", string id = "046d:c31c") =>
        Usb(DeviceKind.Keyboard, port, name, id, new InputNode(input, input, InputAbilities.Key | InputAbilities.Keyboard, name));

    public static Device Mouse(string port, int input, string name = "Razer Mouse", string id = "1532:0084") =>
        Usb(DeviceKind.Mouse, port, name, id, new InputNode(input, input, InputAbilities.Mouse, name));

    public static Device Usb(DeviceKind kind, string port, string name, string id, params ReadOnlySpan<InputNode> nodes) =>
        new($"/sys/devices/usb/{port}", kind, name, port, $"pci-0000:00:14.0-usb-0:{port[2..]}", id[..4], id[5..], null, null, ValueList.Create(nodes));

    public static Guest Guest(string name, GuestState state = GuestState.Off, params ReadOnlySpan<int> inputs) =>
        new(Uuid(name), name, state, true, null, ValueList.Create(inputs));

    public static Guid Uuid(string guest) =>
        new(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(guest)).AsSpan(0, 16));

    /// <summary>
    /// The host's keyboard at port 1-1; a keyboard and a mouse behind a hub at 1-2; a boot GPU, one that a driver has and that shows
    /// card1-DP-2, and one for a guest.
    /// </summary>
    public static Inventory Example { get; } = new(
        [Keyboard("1-1", 1), Keyboard("1-2.1", 2), Mouse("1-2.2", 3)],
        [new("card0-HDMI-A-1", "0000:00:02.0", true, "DELL U2720Q", "DEL-40F1-AB123", "3840x2160"),
            new("card1-DP-2", "0000:02:00.0", true, "LG 27", "GSM-5B7F-11", "2560x1440")],
        [new("0000:00:02.0", "i915", "8086", "4680", true, 1, ["0000:00:02.0"]),
            new("0000:01:00.0", "nouveau", "10de", "2484", false, 2, ["0000:01:00.0", "0000:01:00.1"]),
            new("0000:02:00.0", "amdgpu", "1002", "73df", false, 3, ["0000:02:00.0"])],
        [Guest("windows"), Guest("work")]);
}
