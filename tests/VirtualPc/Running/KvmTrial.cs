using System.Diagnostics;
using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>Whether this machine's KVM can run the PC. The node says little: a paravirtual KVM starts the firmware and then hangs the
/// kernel, and a KVM without nesting gives a PC that can't run guests. So a kernel is started for a moment, once per boot of this machine.</summary>
static class KvmTrial
{
    internal const string Variable = "PHYLLOME_PC_ACCEL";

    internal static async Task<Accelerator> ChooseAsync(PcImage image, IProgress<string> progress, CancellationToken cancellation)
    {
        switch (Environment.GetEnvironmentVariable(Variable))
        {
            case "kvm": return Accelerator.Kvm;
            case "tcg": return Accelerator.Tcg;
            case null or "": break;
            case var other: throw new PcException($"{Variable} is '{other}'; it can be kvm or tcg.");
        }
        if (!CanOpenKvm()) return Accelerator.Tcg;
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", cancellation)).Trim();
        var remembered = Path.Combine(PcImage.Cache, $"kvm-trial-{boot}");
        if (File.Exists(remembered)) return Enum.Parse<Accelerator>(await File.ReadAllTextAsync(remembered, cancellation));
        var result = await TryAsync(image, cancellation) ? Accelerator.Kvm : Accelerator.Tcg;
        progress.Report(result == Accelerator.Kvm ? "this machine's KVM runs the PC" : "this machine's KVM can't run a PC that runs guests: emulating all of it (TCG)");
        await File.WriteAllTextAsync(remembered, result.ToString(), cancellation);
        return result;
    }

    static bool CanOpenKvm()
    {
        try
        {
            using var kvm = new FileStream("/dev/kvm", FileMode.Open, FileAccess.ReadWrite);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static async Task<bool> TryAsync(PcImage image, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        // The guests' init says this line where the processor can run guests in its turn. timeout ends QEMU even when we are killed.
        using var trial = Process.Start(new ProcessStartInfo(Tools.Located("timeout"),
            ["--signal=KILL", "20", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-machine", "q35", "-accel", "kvm", "-cpu", "host", "-m", "256",
             "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", image.Kernel, "-initrd", image.GuestInitramfs, "-append", "console=ttyS0 quiet"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            while (await trial.StandardOutput.ReadLineAsync(limit.Token) is { } line)
                if (line.Contains("guest: can run guests", StringComparison.Ordinal)) return true;
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            trial.Kill(entireProcessTree: true);
        }
    }
}
