using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>What is remembered of a look at the machine.</summary>
internal static class Recollection
{
    /// <summary>More devices than anybody plugs in; the oldest go.</summary>
    private const int MostKnown = 2000;

    public static Memory After(Memory before, SeatsConfiguration wanted, ValueList<Device> devices, Inventory observed, Current current, ClaimBook book)
    {
        var (mine, known, displays) = (Devices(before, devices, book), Known(before, wanted, devices, current, book), Displays(before, observed));
        return mine == before.Devices && known == before.Known && displays == before.Displays ? before
            : before with { Devices = mine, Known = known, Displays = displays };
    }

    /// <summary>What came to a seat is its own from then on, and where it was seen last.</summary>
    private static ValueList<RememberedDevice> Devices(Memory before, ValueList<Device> devices, ClaimBook book)
    {
        var whole = devices.Where(UsbPassing.IsWhole).Select(device => device.Id).ToHashSet();
        if (before.Devices.Count == 0 && !book.Claims.Any(claim => claim.Reason is ClaimReason.SameHub or ClaimReason.Completed && !whole.Contains(claim.Device)))
            return before.Devices;
        var recognized = Recognition.Recognize(before.Devices, entry => entry.Key, devices);
        var moved = new Dictionary<RememberedDevice, RememberedDevice>(ReferenceEqualityComparer.Instance);
        var came = new List<RememberedDevice>();
        var byId = devices.ToDictionary(device => device.Id);
        foreach (var claim in book.Claims)
        {
            if (recognized.TryGetValue(claim.Device, out var entry))
            {
                // Recognized without being placed by it: the configuration has it now, and may let go of it again.
                var seat = claim.Reason is ClaimReason.SameHub or ClaimReason.Completed ? claim.Seat : entry.Seat;
                moved[entry] = new(DeviceKey.Of(byId[claim.Device]), seat, entry.Chosen && seat == entry.Seat)
                {
                    Because = claim.Reason is ClaimReason.SameHub or ClaimReason.Completed ? claim.Because : Because(entry, byId[claim.Device]),
                };
            }
            else if (claim.Reason is ClaimReason.SameHub or ClaimReason.Completed && !whole.Contains(claim.Device))
                came.Add(new(DeviceKey.Of(byId[claim.Device]), claim.Seat, Chosen: false) { Because = claim.Because });
        }
        return [.. before.Devices.Select(entry => moved.GetValueOrDefault(entry) ?? entry), .. came.OrderBy(entry => entry.Key.Place, StringComparer.Ordinal)];
    }

    /// <summary>What brought a device to the place where it is, in words; null where nobody knows any more.</summary>
    public static string? Because(RememberedDevice entry, Device device) => entry.Key.Place == DeviceName.Of(device) ? entry.Because
        : $"by its serial number, it was at {entry.Key.Place} before";

    private static ValueList<DeviceKey> Known(Memory before, SeatsConfiguration wanted, ValueList<Device> devices, Current current, ClaimBook book)
    {
        var held = book.Claims.Where(claim => claim.Reason == ClaimReason.Held).Select(claim => claim.Device).Concat(current.New).ToHashSet();
        var open = devices.Where(device => Newcomer.IsPluggable(device) && !held.Contains(device.Id)).ToArray();
        // Held back or not, the host's first keyboard is no old friend for having been let in.
        if (wanted.Host.NewDevices != NewDevices.Accept)
            open = [.. open.Where(device => book.Claims.Any(claim => claim.Device == device.Id && claim.Reason < ClaimReason.Host))];
        var known = before.Known.ToHashSet();
        DeviceKey[] came = [.. open.Select(DeviceKey.Of).Where(key => !known.Contains(key)).Distinct().OrderBy(key => key.Place, StringComparer.Ordinal)];
        return came.Length == 0 ? before.Known : before.Known.Concat(came).TakeLast(MostKnown).ToValueList();
    }

    private static ValueList<RememberedDisplay> Displays(Memory before, Inventory observed)
    {
        var seen = observed.Gpus.Where(gpu => gpu is { Boot: false, IsHosts: true }).Select(gpu => gpu.Address).ToHashSet();
        if (seen.Count == 0)
            return before.Displays;
        return before.Displays.Where(display => !seen.Contains(display.Gpu))
            .Concat(observed.Displays.Where(display => display is { Connected: true, Gpu: { } gpu } && seen.Contains(gpu))
                .Select(display => new RememberedDisplay(display.Gpu!, display.Connector, display.Monitor, display.Edid, display.Mode)))
            .OrderBy(display => display.Gpu, StringComparer.Ordinal).ThenBy(display => display.Connector, StringComparer.Ordinal).ToValueList();
    }
}
