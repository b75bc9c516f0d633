using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.OffHost;

namespace Phyllome.Seats.DeviceHelper;

/// <summary>Where the kernel, udev and the router are found; another root in tests.</summary>
/// <param name="Root">The directory that mirrors the whole of it, for the checks.</param>
internal sealed record Machine(string Root, string Sys, string Dev, string UdevData, string RouterSocket, string HostRules)
{
    public static Machine Real { get; } = new("/", "/sys", "/dev", "/run/udev/data", "/run/phyllome-seats/router-devices.sock", UdevRules.File);

    public string Interrupts => Path.Combine(Root, "proc/irq");

    /// <summary>Where it is kept who handled them before.</summary>
    public string InterruptsRecord => Path.Combine(Root, Processors.InterruptsRecord.File.TrimStart('/'));

    public string EventNode(int number) => Path.Combine(Dev, "input", $"event{number}");
}

/// <summary>An operation that was not done.</summary>
/// <param name="errno">Why.</param>
/// <param name="sentence">What could not be done, to what, and why.</param>
internal sealed class OperationException(Errno errno, string sentence) : Exception(sentence)
{
    public Errno Errno => errno;
}
