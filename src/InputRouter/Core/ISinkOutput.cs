using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Who gets what is written to a sink.</summary>
internal enum Holder
{
    /// <summary>It can't be asked.</summary>
    Unknown,
    /// <summary>A QEMU has grabbed the sink's node: it, and nobody else.</summary>
    Qemu,
    /// <summary>No QEMU: the host's own readers would.</summary>
    Host,
}

/// <summary>Where a sink's events go: a uinput descriptor.</summary>
internal interface ISinkOutput : ILights
{
    /// <summary>Costs a system call where it is known at all.</summary>
    Holder Holder { get; }

    /// <summary>Tells a clone which device it lets its user feel from now on.</summary>
    /// <param name="device">Null: none.</param>
    void Meet(IFeedback? device);

    /// <summary>Writes what can be written now.</summary>
    /// <returns>
    /// How many of the first events were taken. Where that is not all, <see cref="Sink.Drain"/> is called when there is room again.
    /// </returns>
    int Write(ReadOnlySpan<InputEvent> events);
}
