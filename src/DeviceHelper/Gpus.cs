using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>What concerns graphics cards.</summary>
internal static class Gpus
{
    public static HelperResult Judge(Machine machine, JudgeGpu judge)
    {
        if (Selectors.PciAddress(judge.Address) is not { } address)
            throw new OperationException(Errno.EINVAL, $"could not judge the gpu '{judge.Address}': that is no PCI address");
        // By no name: the checks only tell a card that some seat's configuration names from one that was chosen.
        var card = CardDiagnosis.Of(MachineReader.Read(machine.Root), address, judge.Named ? "" : null)
            ?? throw new OperationException(Errno.ENODEV, $"could not judge the gpu {address}: there is none; see: seatctl doctor");
        return card.Refusal() is { } refusal ? new((int)Errno.EPERM, refusal, 0, 0) : new(0, $"the gpu {address} may be taken from the host", 0, 0);
    }
}
