using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Bench;

/// <summary>What a run came to.</summary>
/// <param name="Latencies">Nanoseconds from the write of a report to its being read, in order.</param>
/// <param name="Elapsed">From the first write to the last read.</param>
/// <param name="Lost">Reports that never came.</param>
/// <param name="Overruns">How often the kernel threw reports away because whoever read them here came too late: no fault of the contender's.</param>
internal sealed record Run(long[] Latencies, TimeSpan Elapsed, int Lost, int Overruns)
{
    /// <summary>Microseconds; no number where nothing came.</summary>
    public double Percentile(double part) => Latencies.Length == 0 ? double.NaN : Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * part))] / 1000.0;
}

/// <summary>A mouse's reports (X, Y, SYN) into a contender, and out of it again. That each count arrived is checked.</summary>
internal static class Load
{
    private const int EventsPerReport = 3;

    /// <summary>What has not come after so long is lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="rate">Reports a second of each source; 0 for as fast as they are taken.</param>
    /// <param name="reports">Of all sources together.</param>
    public static Run Of(Lane running, int rate, int reports)
    {
        var latencies = new long[reports];
        var sent = new long[reports];
        Exception? failure = null;
        var arrived = new StrongBox<int>();
        var overruns = 0;
        var began = Stopwatch.GetTimestamp();
        var reader = new Thread(() =>
        {
            try
            {
                Read(running.Sink, sent, latencies, arrived, ref overruns);
            }
            catch (InvalidOperationException wrong)
            {
                failure = wrong;
            }
        });
        reader.Start();
        if (rate == 0)
            Flood(running, sent, arrived);
        else
            Pace(running, rate, sent, arrived);
        reader.Join();
        var elapsed = Stopwatch.GetElapsedTime(began);
        if (failure is not null)
            throw failure;
        var came = latencies[..arrived.Value];
        Array.Sort(came);
        return new(came, elapsed, reports - came.Length, overruns);
    }

    /// <summary>Sends alone, where nothing comes out that could be read.</summary>
    public static void Send(Lane lane, int rate, int reports) => Pace(lane, rate, new long[reports], new());

    private static void Pace(Lane lane, int rate, long[] sent, StrongBox<int> arrived)
    {
        using var never = new EventFd();
        var period = Stopwatch.Frequency / rate;
        var next = Stopwatch.GetTimestamp();
        Span<InputEvent> one = stackalloc InputEvent[EventsPerReport];
        for (var report = 0; report < sent.Length;)
        {
            next += period;
            while (next - Stopwatch.GetTimestamp() is var left && left > 0)
                Poll.Wait(never.Descriptor, PollEvents.In, Stopwatch.GetElapsedTime(0, left));
            foreach (var source in lane.Sources)
            {
                if (report == sent.Length)
                    return;
                AwaitRoom(lane, report, arrived);
                Fill(one, report++, sent);
                Write(source, one);
            }
        }
    }

    private static void Flood(Lane lane, long[] sent, StrongBox<int> arrived)
    {
        var batch = new InputEvent[EventsPerReport * 32];
        for (var report = 0; report < sent.Length;)
        {
            var count = Math.Min(32, sent.Length - report);
            AwaitRoom(lane, report + count, arrived);
            for (var i = 0; i < count; i++)
                Fill(batch.AsSpan(i * EventsPerReport, EventsPerReport), report++, sent);
            Write(lane.Sources[0], batch.AsSpan(0, count * EventsPerReport));
        }
    }

    private static void AwaitRoom(Lane lane, int report, StrongBox<int> arrived)
    {
        var spin = new SpinWait();
        while (report - Volatile.Read(ref arrived.Value) > lane.Most)
            spin.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Allocates nothing, as all here: a collection of ours would be taken for the contender's.</summary>
    private static void Fill(Span<InputEvent> report, int number, long[] sent)
    {
        sent[number] = Stopwatch.GetTimestamp();
        report[0] = new(InputCodes.EV_REL, 0, (number % 7) - 3);
        report[1] = new(InputCodes.EV_REL, 1, 1);
        report[2] = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);
    }

    private static void Write(FileDescriptor source, ReadOnlySpan<InputEvent> events)
    {
        for (var rest = MemoryMarshal.AsBytes(events); rest.Length > 0;)
        {
            var count = source.TryWrite(rest, out var errno);
            rest = count > 0 ? rest[count..] : throw new LinuxException(errno, "could not write to a contender");
        }
    }

    private static void Read(FileDescriptor sink, long[] sent, long[] latencies, StrongBox<int> arrived, ref int overruns)
    {
        var events = new InputEvent[512];
        var bytes = 0;
        long sum = 0, wanted = 0;
        for (var report = 0; report < latencies.Length;)
        {
            if (Poll.Wait(sink, PollEvents.In, Patience) == PollEvents.None)
                return;
            var count = sink.TryRead(MemoryMarshal.AsBytes(events.AsSpan())[bytes..], out var errno);
            if (count <= 0)
                throw new LinuxException(errno, "could not read from a contender");
            var now = Stopwatch.GetTimestamp();
            bytes += count;
            foreach (ref readonly var one in events.AsSpan(0, bytes / InputEvent.Size))
            {
                if (one is { Type: InputCodes.EV_SYN, Code: InputCodes.SYN_DROPPED })
                    overruns++;
                if (one is { Type: InputCodes.EV_REL, Code: 0 })
                    sum += one.Value;
                // Each report moves Y by one, so that they can be counted even where a contender makes one frame of several.
                for (var i = 0; one is { Type: InputCodes.EV_REL, Code: 1 } && i < one.Value && report < latencies.Length; i++)
                {
                    latencies[report] = now - Volatile.Read(ref sent[report]);
                    wanted += (report++ % 7) - 3;
                }
            }

            Volatile.Write(ref arrived.Value, report);
            // A FIFO may give part of an event.
            var rest = bytes % InputEvent.Size;
            MemoryMarshal.AsBytes(events.AsSpan()).Slice(bytes - rest, rest).CopyTo(MemoryMarshal.AsBytes(events.AsSpan()));
            bytes = rest;
        }

        if (sum != wanted)
            throw new InvalidOperationException($"the sum of an axis is {sum} instead of {wanted}");
    }
}
