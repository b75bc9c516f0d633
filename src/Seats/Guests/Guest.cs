using System.Text.Json.Serialization;

namespace Phyllome.Seats.Guests;

/// <summary>State of a guest, after libvirt's virDomainState.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GuestState>))]
public enum GuestState
{
    [JsonStringEnumMemberName("off")] Off,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("paused")] Paused,
    [JsonStringEnumMemberName("stopping")] Stopping,
    [JsonStringEnumMemberName("crashed")] Crashed,
    [JsonStringEnumMemberName("suspended")] Suspended,
}

/// <summary>Why a guest is off, after libvirt's virDomainShutoffReason.</summary>
public enum GuestEnd
{
    /// <summary>It is not off, or was not on since libvirt's daemon began.</summary>
    Unknown,
    /// <summary>It shut down, by itself or asked to.</summary>
    ShutDown,
    /// <summary>Somebody pulled its plug.</summary>
    Destroyed,
    /// <summary>Its QEMU ended without having said so, or its system panicked.</summary>
    Crashed,
    /// <summary>Its state was saved.</summary>
    Saved,
    /// <summary>It could not be started.</summary>
    Failed,
}

/// <summary>A libvirt domain.</summary>
/// <param name="Uuid">Its UUID, by which messages name it.</param>
/// <param name="Seat">The seat that runs it, read from the running definition's own metadata; null where it runs for nobody.</param>
/// <param name="Inputs">Event numbers of the nodes that its running definition takes as inputs; empty when it is off.</param>
public sealed record Guest(Guid Uuid, string Name, GuestState State, bool Persistent, string? Seat, ValueList<int> Inputs)
{
    /// <summary>PCI addresses of the host's devices that its running definition takes, like <c>0000:01:00.0</c>; empty when it is off.</summary>
    public ValueList<string> Passed { get; init; } = [];

    /// <summary>The seat's USB devices that its running definition has; empty when it is off.</summary>
    public ValueList<PassedUsb> Usb { get; init; } = [];

    /// <summary>Which of its displays another program may show (QEMU's D-Bus display), from 0; null for none, and while it is off.</summary>
    public int? Screen { get; init; }

    /// <summary>How many screens it has, each for a monitor.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Which of its displays is a VNC server, to which a viewer can be handed, from 0; null for none, and while it is off.</summary>
    public int? Vnc { get; init; }

    /// <summary>What it takes of the host when it runs; null where nobody can say.</summary>
    public GuestSize? Size { get; init; }

    /// <summary>Its processors; null while it is off.</summary>
    public GuestProcessors? Processors { get; init; }

    /// <summary>Whether libvirt could plug a seat's keyboard into it while it runs, or has.</summary>
    public bool TakesKeyboard { get; init; } = true;

    /// <summary>Why it is off.</summary>
    public GuestEnd End { get; init; }

    /// <summary>Whether it is off with its state saved, from which it goes on at its next start.</summary>
    public bool IsSaved { get; init; }

    /// <summary>
    /// Name of the guest that it is a clone of, where it is to be discarded with its seat's use of it; null for every other, and for one
    /// that has a saved state.
    /// </summary>
    public string? ThrowawayOf { get; init; }

    /// <summary>How often it was seen to end, so that an end is told from the one before it.</summary>
    public int Ends { get; init; }
}

/// <summary>A USB device of a seat in a guest.</summary>
/// <param name="Port">As the kernel writes it, <c>1-2.3</c>.</param>
/// <param name="Number">Of the device that was there when it was attached: one that is plugged in later has another.</param>
public sealed record PassedUsb(string Port, int Bus, int Number);

/// <param name="Memory">In KiB.</param>
public sealed record GuestSize(int Vcpus, long Memory);

/// <summary>The virtual processors of a guest that runs.</summary>
/// <param name="Memory">In KiB.</param>
/// <param name="Owners">Whether its owner says where they, or its memory, go: then nothing of that is ours.</param>
/// <param name="Pinned">The host's processors that its owner's pins name.</param>
public sealed record GuestProcessors(int Vcpus, long Memory, bool Owners, ValueList<int> Pinned);
