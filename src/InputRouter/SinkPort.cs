using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A virtual device's descriptor.</summary>
internal sealed class SinkPort(FileDescriptor descriptor, int input, Counters counters) : ISinkOutput
{
    private bool _failing;

    public FileDescriptor Descriptor => descriptor;

    public void Write(ReadOnlySpan<InputEvent> events)
    {
        for (var rest = MemoryMarshal.AsBytes(events); rest.Length > 0;)
        {
            var count = descriptor.TryWrite(rest, out var errno);
            if (count > 0)
            {
                rest = rest[count..];
                _failing = false;
                continue;
            }

            var lost = rest.Length / InputEvent.Size;
            counters.Written -= lost;
            counters.Dropped += lost;
            if (!_failing)
                Log.Error($"could not write to the virtual device input{input}: {errno}; its guest gets no input until it is made anew");
            _failing = true;
            return;
        }
    }
}
