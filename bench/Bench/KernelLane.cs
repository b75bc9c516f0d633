using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Bench;

/// <summary>A program that moves events from event nodes to a virtual device of its own.</summary>
/// <param name="Command">The whole of it, for these event nodes; null: nothing is between, the source is read.</param>
/// <param name="HasSink">Whether it has a virtual device; QEMU has none, its events end in its guest.</param>
/// <param name="Missing">Why it is not there; null where it is.</param>
internal sealed record KernelContender(string Name, Func<string, string[]>? Command, bool HasSink = true, string? Missing = null);

/// <summary>A contender between real evdev and uinput: a virtual mouse that is written to, and the node of what the contender makes, grabbed as QEMU grabs it.</summary>
internal sealed class KernelLane : Lane
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Knock = TimeSpan.FromMilliseconds(200);

    private readonly FileDescriptor _mouse;
    private readonly FileDescriptor _node;

    public KernelLane(KernelContender contender)
    {
        using var nodes = new Inotify();
        nodes.Watch("/dev/input", WatchEvents.Created);
        (_mouse, var input) = VirtualDevice.Create(new(new("bench mouse", InputCodes.BUS_VIRTUAL, 0x7068, 9, 1) { Keys = SinkCodes.PointerButtons, Axes = SinkCodes.PointerAxes }, "bench/source"));
        var source = NodeOf(input);
        AwaitNode(nodes, source);
        Sources = [_mouse];
        if (contender.Command is not { } command)
        {
            _node = Open(source);
            return;
        }

        var before = Nodes();
        var line = command(source);
        Process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Process.ErrorDataReceived += (_, _) => { };
        Process.OutputDataReceived += (_, _) => { };
        Process.BeginErrorReadLine();
        Process.BeginOutputReadLine();
        if (!contender.HasSink)
        {
            // Nobody tells when it has the source, but that it has grabbed it.
            _node = FileDescriptor.OpenReadWrite(source, nonBlocking: true);
            AwaitGrab();
            return;
        }

        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Nodes().Except(before).FirstOrDefault() is { } made)
            {
                _node = Open(made);
                break;
            }

            if (Process.HasExited || Stopwatch.GetElapsedTime(since) > StartPatience)
                throw new InvalidOperationException($"{contender.Name} made no virtual device");
            Poll.Wait(nodes.Descriptor, PollEvents.In, Knock);
            nodes.Read();
        }

        KnockUntilItPasses(contender.Name);
    }

    public override FileDescriptor Sink => _node;

    public override FileDescriptor[] Sources { get; }

    public override void Dispose()
    {
        base.Dispose();
        _node.Dispose();
        _mouse.Dispose();
    }

    /// <summary>Sends a report until one comes, and takes what still comes: only then does the contender hold the source.</summary>
    private void KnockUntilItPasses(string name)
    {
        InputEvent[] report = [new(InputCodes.EV_REL, 1, 1), new(InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0)];
        var since = Stopwatch.GetTimestamp();
        do
        {
            if (Process!.HasExited || Stopwatch.GetElapsedTime(since) > StartPatience)
                throw new InvalidOperationException($"{name} passes no events");
            _mouse.TryWrite(MemoryMarshal.AsBytes(report.AsSpan()), out _);
        }
        while (Poll.Wait(_node, PollEvents.In, Knock) == PollEvents.None);

        var taken = new byte[InputEvent.Size * 64];
        while (Poll.Wait(_node, PollEvents.In, Knock) != PollEvents.None)
            _node.TryRead(taken, out _);
    }

    private void AwaitGrab()
    {
        using var never = new EventFd();
        var since = Stopwatch.GetTimestamp();
        while (EventDevice.Grab(_node) == Errno.None)
        {
            EventDevice.Ungrab(_node);
            if (Process!.HasExited || Stopwatch.GetElapsedTime(since) > StartPatience)
                throw new InvalidOperationException("the source was not grabbed");
            Poll.Wait(never.Descriptor, PollEvents.In, Knock);
        }
    }

    private static FileDescriptor Open(string node)
    {
        var descriptor = FileDescriptor.OpenReadWrite(node, nonBlocking: true);
        return EventDevice.Grab(descriptor) is not Errno.None and var errno ? throw new LinuxException(errno, $"could not grab {node}") : descriptor;
    }

    /// <summary>The event node of inputN.</summary>
    public static string NodeOf(int input) => "/dev/input/" + Path.GetFileName(
        Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/sys/class/input/input{input}"), "event*").Single());

    private static HashSet<string> Nodes() => [.. Directory.EnumerateFiles("/dev/input", "event*")];

    private static void AwaitNode(Inotify nodes, string node)
    {
        while (!File.Exists(node))
        {
            if (Poll.Wait(nodes.Descriptor, PollEvents.In, StartPatience) == PollEvents.None)
                throw new InvalidOperationException($"{node} did not appear");
            nodes.Read();
        }
    }
}
