using System.Diagnostics;
using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Bench;

/// <summary>
/// Hotkeys pressed while keys are held: from the write of the completing key until the key that was pressed right after it has come out of the
/// new focus. The old focus must see all keys go up, and neither any other's.
/// </summary>
internal static class FocusChanges
{
    private const int Count = 10_000;
    private const ushort Meta = 125, Tab = 15, Held = 30, Next = 31;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly InputEvent End = new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);

    public static int Run()
    {
        Guid[] guests = [new("00000000-0000-0000-0000-000000000001"), new("00000000-0000-0000-0000-000000000002")];
        var (typed, source) = FileDescriptor.StreamPair(nonBlocking: true);
        (FileDescriptor Ours, FileDescriptor Theirs)[] sinks = [FileDescriptor.StreamPair(nonBlocking: true), FileDescriptor.StreamPair(nonBlocking: true)];
        using var router = RouterBetweenFifos.Create();
        for (var guest = 0; guest < guests.Length; guest++)
            RouterBetweenFifos.Check(router.Take(new GiveSink(guest + 1, guest + 1, guests[guest], SinkKind.Keyboard), sinks[guest].Theirs));
        RouterBetweenFifos.Check(router.Take(new GiveSource(9), source));
        router.Answer(new SetSeat(1, "bench", new([9], [.. guests])), _ => { });
        foreach (var guest in guests)
            router.Answer(new SetGuestLive(2, guest, true), _ => { });
        router.Answer(new SetHotkeys(3, new([29, 97], [Meta, Tab], [Meta, 42, Tab], [Meta, 59])), _ => { });
        var thread = new Thread(router.Run);
        thread.Start();

        var times = new long[Count];
        var got = new InputEvent[64];
        for (var change = 0; change < Count; change++)
        {
            var (old, now) = (sinks[change % 2].Ours, sinks[(change + 1) % 2].Ours);
            // Held keys, whose ups are part of the change; the mask and all ups come in the old focus, the next key in the new one.
            Write(typed, Down(Held), End, Down(Meta), End);
            Read(old, got.AsSpan(0, 4));
            var began = Stopwatch.GetTimestamp();
            Write(typed, Down(Tab), End, Down(Next), End);
            Read(now, got.AsSpan(0, 2));
            times[change] = Stopwatch.GetTimestamp() - began;
            Expect(got[0] == Down(Next), "the new focus got another key");
            Read(old, got.AsSpan(0, 7));
            Expect(got.AsSpan(0, 7).SequenceEqual([Down(29), End, Up(29), End, Up(Held), Up(Meta), End]), "the old focus kept a key down, or got another's");
            Write(typed, Up(Next), End, Up(Tab), End, Up(Meta), End, Up(Held), End);
            Read(now, got.AsSpan(0, 2));
            Expect(got[0] == Up(Next), "the new focus got the up of a key that went down elsewhere");
        }

        router.Stop();
        thread.Join();
        Array.Sort(times);
        Console.WriteLine(
            $"- {Count} focus changes under held keys, none stuck, leaked or lost: {Text(0.5)} us until the next key is in the new focus at p50, {Text(0.99)} at p99, {Text(1)} at most");
        return 0;

        string Text(double part) => Figures.Text(times[Math.Min(Count - 1, (int)(Count * part))] * 1e6 / Stopwatch.Frequency, "0");
    }

    private static InputEvent Down(ushort key) => new(InputCodes.EV_KEY, key, 1);

    private static InputEvent Up(ushort key) => new(InputCodes.EV_KEY, key, 0);

    private static void Write(FileDescriptor device, params ReadOnlySpan<InputEvent> events) =>
        Expect(events.Length * InputEvent.Size == device.TryWrite(MemoryMarshal.AsBytes(events), out _), "the router does not read");

    private static void Read(FileDescriptor sink, Span<InputEvent> events)
    {
        for (var rest = MemoryMarshal.AsBytes(events); rest.Length > 0;)
        {
            Expect(Poll.Wait(sink, PollEvents.In, Patience) != PollEvents.None, "nothing came from the router");
            rest = rest[Math.Max(0, sink.TryRead(rest, out _))..];
        }
    }

    private static void Expect(bool so, string otherwise)
    {
        if (!so)
            throw new InvalidOperationException(otherwise);
    }
}
