namespace Phyllome.Seats.Devices;

/// <summary>By what a device is known again after it was gone.</summary>
/// <param name="Place">Where it was: the selector that <see cref="DeviceName"/> gives it.</param>
/// <param name="Id">Vendor and product, <c>046d:c31c</c>; null where it has none.</param>
/// <param name="Serial">Null where it has none.</param>
public sealed record DeviceKey(string Place, string? Id, string? Serial)
{
    public static DeviceKey Of(Device device) =>
        new(DeviceName.Of(device), device.VendorId is null ? null : $"{device.VendorId}:{device.ProductId}", device.Serial);

    /// <summary>Whether the device is at this key's place and nothing says that it is another one.</summary>
    public bool IsAt(DeviceKey device) => Place == device.Place && Id == device.Id && (Serial is null || device.Serial is null || Serial == device.Serial);
}
