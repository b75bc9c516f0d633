using System.Text;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Takes graphics cards from the host and gives them back, each with all that must move with it.</summary>
/// <param name="log">Told of each write before it is made: one that does not come back is then the last line.</param>
/// <param name="write">Makes one write, and says why it was not made; null where it was.</param>
internal sealed class Gpus(Machine machine, TextWriter log, Func<SysfsWrite, string?> write)
{
    /// <summary>Into the files of the machine. A write that the kernel does not end is waited for: the process is this request's alone.</summary>
    public static Func<SysfsWrite, string?> Into(Machine machine) => write =>
    {
        try
        {
            using var attribute = FileDescriptor.OpenWriteOnly(Path.Combine(machine.Sys, write.Path));
            return attribute.TryWrite(Encoding.ASCII.GetBytes(write.Text), out var errno) < 0 ? $"could not {write.Sentence} ({errno})" : null;
        }
        catch (LinuxException failure)
        {
            return failure.Message;
        }
    };

    public HelperResult Take(TakeGpu take)
    {
        var (observed, gpu) = Look(take.Address, "take");
        var moves = GroupMove.Take(observed, gpu);
        if (moves.Count == 0)
            return Done($"the gpu {gpu.Address} has {Gpu.Vfio} already");
        // By no name: the checks only tell a card that some seat's configuration names from one that was chosen.
        if (CardDiagnosis.Of(observed, gpu.Address, take.Named ? "" : null)!.Refusal(Left(gpu)) is { } refusal)
            return new((int)Errno.EPERM, refusal, 0, 0);
        if (!Directory.Exists(Path.Combine(machine.Sys, "bus/pci/drivers", Gpu.Vfio)))
            throw new OperationException(Errno.ENODEV, $"could not take the gpu {gpu.Address}: the kernel has not loaded {Gpu.Vfio}; try: modprobe {Gpu.Vfio}");

        var fault = Write(moves);
        var after = MachineReader.Read(machine.Root, names: false, holders: false);
        if (GroupMove.Members(after, gpu).Where(member => member.Driver != Gpu.Vfio).ToList() is not { Count: > 0 } left)
            return Done($"took the gpu {gpu.Address} from the host, {Named(moves)}");

        var undone = Write(GroupMove.Undo(after, moves.Select(move => move.Address)));
        throw new OperationException(
            Errno.EIO, $"could not take the gpu {gpu.Address}: {fault ?? $"{Gpu.Vfio} did not take {string.Join(", ", left.Select(member => member.Address))}"}; "
                + (undone is null ? "all is as before. The kernel says why: journalctl -k" : $"and could not put it back: {undone}. Restart the computer"));
    }

    public HelperResult GiveBack(GiveBackGpu give)
    {
        var (observed, gpu) = Look(give.Address, "give back");
        var moves = GroupMove.GiveBack(observed, gpu);
        if (moves.Count == 0)
            return Done($"the gpu {gpu.Address} is the host's already");
        // vfio-pci is let go of only when nobody has it open: the kernel waits for that without an end.
        if (GroupMove.Members(observed, gpu).Any(member => member.Driver == Gpu.Vfio)
            && observed.Holders.FirstOrDefault(holder => holder.Node.StartsWith("/dev/vfio/", StringComparison.Ordinal) && holder.Gpu == gpu.Address) is { } holder)
            throw new OperationException(Errno.EBUSY, $"could not give back the gpu {gpu.Address}: {holder.Command} {holder.Process} has it; shut its guest down first");

        var fault = Write(moves);
        var left = GroupMove.Members(MachineReader.Read(machine.Root, names: false, holders: false), gpu).Where(member => member.Driver == Gpu.Vfio || member.DriverOverride == Gpu.Vfio).ToList();
        return left.Count == 0
            ? Done($"gave the gpu {gpu.Address} back to the host, {Named(moves)}")
            : throw new OperationException(
                Errno.EIO, $"could not give back the gpu {gpu.Address}: {fault ?? $"{Gpu.Vfio} still has {string.Join(", ", left.Select(member => member.Address))}"}; "
                    + $"does the kernel's command line or /etc/modprobe.d name its ids for {Gpu.Vfio}?");
    }

    private static HelperResult Done(string sentence) => new(0, sentence, 0, 0);

    private static string Named(ValueList<FunctionMove> moves) => moves.Count == 1 ? "alone" : $"with all of {string.Join(", ", moves.Select(move => move.Address))}";

    /// <summary>A hand-over that was broken off is no reason against the next one, which ends it.</summary>
    private static string? Left(PciFunction gpu) => gpu.DriverOverride == Gpu.Vfio ? Checks.DriverOverride : null;

    /// <summary>The machine as it is once nobody else hands the card over.</summary>
    private (DisplayAssign.Observed.Machine Observed, PciFunction Gpu) Look(string text, string verb)
    {
        if (Selectors.PciAddress(text) is not { } address)
            throw new OperationException(Errno.EINVAL, $"could not {verb} the gpu '{text}': that is no PCI address");
        if (HandOverMark.Set(machine.Root, address) is { } other)
        {
            throw new OperationException(
                Errno.EBUSY, $"could not {verb} the gpu {address}: process {other} is at it since before; where that does not end, the gpu is stuck in the kernel, and a reboot is needed");
        }
        var observed = MachineReader.Read(machine.Root, names: false);
        return observed.Function(address) is { IsDisplay: true } gpu ? (observed, gpu)
            : throw new OperationException(Errno.ENODEV, $"could not {verb} the gpu {address}: there is none; see: seatctl doctor");
    }

    /// <returns>Why it was ended before all was written; null where all was.</returns>
    private string? Write(ValueList<FunctionMove> moves)
    {
        foreach (var one in moves.SelectMany(move => move.Writes))
        {
            log.WriteLine($"<6>{one.Sentence}");
            log.Flush();
            if (write(one) is { } fault)
                return fault;
        }
        return null;
    }
}
