using System.Globalization;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Processors;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Which processors handle the interrupts of the host's devices (Documentation/core-api/irq/irq-affinity.rst of Linux).</summary>
/// <param name="proc">The directory /proc/irq.</param>
/// <param name="record">The file of what was before.</param>
internal sealed class Interrupts(string proc, string record)
{
    /// <summary>Stands for the interrupts that are yet to come.</summary>
    private const string Default = "default";

    /// <summary>Beyond every kernel's NR_CPUS.</summary>
    private const int Most = 8192;

    /// <param name="Who">The interrupt with its handlers, since numbers are given anew.</param>
    /// <param name="Before">Its processors before we moved it.</param>
    /// <param name="Set">Those that it had after.</param>
    private sealed record Moved(string Who, ValueList<int> Before, ValueList<int> Set);

    /// <summary>As <see cref="SteerInterrupts"/> says. EINVAL where the list is none of processors, EROFS where nothing can be written.</summary>
    public HelperResult Steer(ValueList<int> cpus)
    {
        if (cpus.Any(cpu => cpu is < 0 or >= Most))
            throw new OperationException(Errno.EINVAL, $"could not move interrupts to the processors {CpuList.Format(cpus)}: there are no such processors");
        var before = Load();
        var after = new List<Moved>();
        var stay = 0;
        foreach (var (who, file) in Enumerate())
        {
            try
            {
                var now = Read(who, file);
                // What somebody else has moved since is theirs.
                var original = before.TryGetValue(who, out var moved) && moved.Set == now ? moved.Before : now;
                var wanted = cpus.Count == 0 ? original : Choose(original, cpus);
                if (wanted != now)
                    Write(who, file, wanted);
                if (wanted != original)
                    after.Add(new(who, original, Read(who, file)));
            }
            // EIO for one that the kernel manages itself or that its controller cannot move; gone meanwhile.
            catch (IOException) when (who != Default)
            {
                stay++;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new OperationException(Errno.EROFS, $"could not move interrupts to the processors {CpuList.Format(cpus)}: {failure.Message}");
            }
        }

        Save(after);
        return new(0, cpus.Count == 0 ? "the interrupts are handled where they were before"
            : string.Create(CultureInfo.InvariantCulture, $"moved {after.Count(one => one.Who != Default)} interrupts to the processors {CpuList.Format(cpus)}; {stay} cannot be moved"), 0, 0);
    }

    private static ValueList<int> Choose(ValueList<int> original, ValueList<int> cpus) => original.Where(cpus.Contains).ToValueList() is { Count: > 0 } some ? some : cpus;

    /// <summary>The default, and each that somebody handles; one without a handler begins with the default.</summary>
    private IEnumerable<(string Who, string File)> Enumerate()
    {
        yield return (Default, Path.Combine(proc, "default_smp_affinity"));
        foreach (var folder in Directory.EnumerateDirectories(proc).Order(StringComparer.Ordinal))
        {
            var handlers = Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
            if (handlers.Length > 0)
                yield return ($"{Path.GetFileName(folder)} {string.Join(' ', handlers)}", Path.Combine(folder, "smp_affinity_list"));
        }
    }

    private static ValueList<int> Read(string who, string file) => who == Default ? CpuList.FromMask(File.ReadAllText(file)) : CpuList.Parse(File.ReadAllText(file));

    private static void Write(string who, string file, ValueList<int> cpus)
    {
        // In one write, which is how the kernel takes it.
        using var open = new FileStream(file, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        open.Write(System.Text.Encoding.ASCII.GetBytes(who == Default ? CpuList.ToMask(cpus) : CpuList.Format(cpus)));
    }

    private Dictionary<string, Moved> Load() => !File.Exists(record) ? [] : File.ReadLines(record).Select(line => line.Split('\t'))
        .Select(parts => new Moved(parts[0], CpuList.Parse(parts[1]), CpuList.Parse(parts[2]))).ToDictionary(moved => moved.Who);

    private void Save(List<Moved> moved)
    {
        if (moved.Count == 0)
        {
            File.Delete(record);
            return;
        }

        var fresh = record + ".new";
        File.WriteAllLines(fresh, moved.Select(one => $"{one.Who}\t{CpuList.Format(one.Before)}\t{CpuList.Format(one.Set)}"));
        File.Move(fresh, record, overwrite: true);
    }
}
