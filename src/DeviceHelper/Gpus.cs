using System.Text;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.HandingOver;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Takes graphics cards from the host and gives them back, each with all that must move with it; and splits them into parts.</summary>
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
        var (moves, parts) = (GroupMove.GiveBack(observed, gpu), PartMove.TakeAway(gpu));
        if (moves.Count == 0 && parts.Count == 0)
            return Done($"the gpu {gpu.Address} is the host's already");
        // vfio-pci is let go of, and a part taken away, only when nobody has it open: the kernel waits for that without an end.
        var own = observed.VirtualFunctions(gpu).Select(function => function.Address).Append(gpu.Address).ToHashSet();
        if ((parts.Count > 0 || GroupMove.Members(observed, gpu).Any(member => member.Driver == Gpu.Vfio))
            && observed.Holders.FirstOrDefault(holder => holder.Node.StartsWith("/dev/vfio/", StringComparison.Ordinal) && own.Contains(holder.Gpu)) is { } holder)
            throw new OperationException(Errno.EBUSY, $"could not give back the gpu {gpu.Address}: {holder.Command} {holder.Process} has it; shut its guest down first");

        var fault = Write(parts) ?? Write(moves);
        var after = MachineReader.Read(machine.Root, names: false, holders: false);
        if (after.Function(gpu.Address) is { } now && PartMove.TakeAway(now).Count > 0)
            throw new OperationException(Errno.EIO, $"could not take the parts of the gpu {gpu.Address} away: {fault ?? "they are there still"}. The kernel says why: journalctl -k");
        var left = GroupMove.Members(after, gpu).Where(member => member.Driver == Gpu.Vfio || member.DriverOverride == Gpu.Vfio).ToList();
        return left.Count == 0
            ? Done(moves.Count == 0 ? $"took the parts of the gpu {gpu.Address} away" : $"gave the gpu {gpu.Address} back to the host, {Named(moves)}")
            : throw new OperationException(
                Errno.EIO, $"could not give back the gpu {gpu.Address}: {fault ?? $"{Gpu.Vfio} still has {string.Join(", ", left.Select(member => member.Address))}"}; "
                    + $"does the kernel's command line or /etc/modprobe.d name its ids for {Gpu.Vfio}?");
    }

    public HelperResult Split(SplitGpu split)
    {
        var (observed, gpu) = Look(split.Address, "split");
        var functions = gpu.VirtualFunctions;
        if (split.Count > 0 && functions.Active == split.Count)
            return Done($"the gpu {gpu.Address} has {split.Count} virtual functions already");
        var refusal = split.Count < 1 || split.Count > functions.Possible ? $"it can have {functions.Possible} virtual functions, not {split.Count}"
            : functions.Active > 0 ? $"it has {functions.Active} virtual functions, and the kernel changes that by way of none alone: seatctl gpu release {gpu.Address}"
            : !gpu.IsHosts ? "no driver of the host has it, and that makes them"
            : observed.Iommu.Groups is null ? "the IOMMU is off, and no guest could have them"
            : null;
        if (refusal is not null)
            return new((int)Errno.EPERM, $"the gpu {gpu.Address} is not split: {refusal}", 0, 0);

        var fault = Write(PartMove.Split(gpu, split.Count));
        var after = MachineReader.Read(machine.Root, names: false, holders: false);
        if (after.VirtualFunctions(gpu).Count() == split.Count)
            return Done($"split the gpu {gpu.Address} into {split.Count} virtual functions");
        var undone = Write(PartMove.Unsplit(after.Function(gpu.Address) ?? gpu));
        throw new OperationException(
            Errno.EIO, $"could not split the gpu {gpu.Address}: {fault ?? $"{after.VirtualFunctions(gpu).Count()} virtual functions came of it, not {split.Count}"}; "
                + (undone is null ? "all is as before. The kernel says why: journalctl -k" : $"and could not undo it: {undone}. Restart the computer"));
    }

    public HelperResult Make(MakeMediated make)
    {
        var (observed, gpu) = Look(make.Address, "make a part of");
        if (observed.Pci.SelectMany(function => function.Mediated.Select(device => (function.Address, Device: device))).FirstOrDefault(one => one.Device.Id == make.Device)
            is { Device: { } there } found)
            return found.Address == gpu.Address && there.Type == make.Type ? Done($"the gpu {gpu.Address} has {make.Device} already")
                : new((int)Errno.EPERM, $"no {make.Type} is made of the gpu {gpu.Address}: {make.Device} is a {there.Type} of {found.Address} already", 0, 0);
        // By the names that the kernel has, so that what was asked for never becomes a part of a path.
        if (gpu.Types.FirstOrDefault(type => type.Name == make.Type) is not { } type)
            return new((int)Errno.EPERM, $"no mediated device is made of the gpu {gpu.Address}: it has no type '{make.Type}'", 0, 0);
        if (type.Available < 1)
            return new((int)Errno.EPERM, $"no {type.Name} is made of the gpu {gpu.Address}: it has no room for one more", 0, 0);

        var fault = Write(PartMove.Make(gpu, type.Name, make.Device));
        return MachineReader.Read(machine.Root, names: false, holders: false).Function(gpu.Address)?.Mediated.Any(device => device.Id == make.Device) == true
            ? Done($"made {make.Device}, a {type.Name}, of the gpu {gpu.Address}")
            : throw new OperationException(
                Errno.EIO, $"could not make a {type.Name} of the gpu {gpu.Address}: {fault ?? "it is not there"}; all is as before. The kernel says why: journalctl -k");
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
    private string? Write(ValueList<FunctionMove> moves) => Write(moves.SelectMany(move => move.Writes));

    private string? Write(IEnumerable<SysfsWrite> writes)
    {
        foreach (var one in writes)
        {
            log.WriteLine($"<6>{one.Sentence}");
            log.Flush();
            if (write(one) is { } fault)
                return fault;
        }
        return null;
    }
}
