using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>Lets the routing thread run before all else, as far as the machine allows it.</summary>
internal static class Urgency
{
    /// <summary>Above what a desktop runs in real time, below the kernel's threads of interrupts (50).</summary>
    public const int Priority = 10;

    /// <summary>The nicest that the unit allows.</summary>
    public const int Nice = -11;

    /// <summary>Of the calling thread and of no other: a runtime whose every thread is in real time keeps the router waiting for itself.</summary>
    /// <returns>What could not be had, in sentences for the log.</returns>
    public static IReadOnlyList<string> Take()
    {
        List<string> lacking = [];
        if (Scheduling.UseFifo(Priority) is not Errno.None and var fifo)
        {
            lacking.Add(Scheduling.UseNice(Nice) is not Errno.None and var nice
                ? $"could not run the routing thread in real time ({fifo}) nor before others ({nice}): input waits for what else runs on this machine; see LimitRTPRIO= and LimitNICE= of phyllome-input-router.service"
                : $"could not run the routing thread in real time ({fifo}): it runs with nice {Nice}; see LimitRTPRIO= of phyllome-input-router.service");
        }

        if (Scheduling.LockMemory() is not Errno.None and var locked)
            lacking.Add($"could not keep the router in memory ({locked}): input waits where the host swaps; see LimitMEMLOCK= of phyllome-input-router.service");
        return lacking;
    }
}
