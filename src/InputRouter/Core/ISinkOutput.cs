using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Where a sink's events go: a uinput descriptor.</summary>
internal interface ISinkOutput
{
    void Write(ReadOnlySpan<InputEvent> events);
}
