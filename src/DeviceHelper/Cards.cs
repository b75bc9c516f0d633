using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Opens graphics cards of the host's to show seats on their monitors.</summary>
/// <param name="open">Opens a card's node and is its master from then on.</param>
internal sealed class Cards(Machine machine, Func<string, FileDescriptor> open)
{
    /// <summary>The master of a card that nobody else has open. A session on another terminal is not master now, and wants to be again: it counts too.</summary>
    public (HelperResult Result, FileDescriptor? Card) Open(OpenCard request)
    {
        if (Selectors.PciAddress(request.Address) is not { } address)
            throw new OperationException(Errno.EINVAL, $"could not open the gpu '{request.Address}': that is no PCI address");
        if (Node(address) is not { } node)
            throw new OperationException(Errno.ENODEV, $"could not open the gpu {address}: no driver of the host shows pictures on it; see: seatctl doctor");
        if (MachineReader.Read(machine.Root, names: false).Holders.FirstOrDefault(holder => holder.Node == $"/dev/dri/{node}") is { } holder)
        {
            throw new OperationException(
                Errno.EBUSY, $"could not open the gpu {address}: {holder.Command} {holder.Process}{(holder.Session is { } session ? $" of {session}" : "")} draws on it; "
                    + "end that desktop ('systemctl isolate multi-user.target' ends all), or give the seat a monitor of another card");
        }
        return (new(0, $"opened {node}, the gpu {address}, and is its master", 0, 0), open(Path.Combine(machine.Dev, "dri", node)));
    }

    /// <summary><c>card0</c>; null where there is none.</summary>
    private string? Node(string address)
    {
        var folder = Path.Combine(machine.Sys, "bus/pci/devices", address, "drm");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "card*").Select(card => Path.GetFileName(card)).Where(card => !card.Contains('-', StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault()
            : null;
    }
}
