using Phyllome.Seats.Status;

namespace Phyllome.Seats.SeatManager;

/// <summary>What the manager offers to its D-Bus API. Every member may be called from any thread.</summary>
public interface ISeatService
{
    /// <summary>The newest whole picture; never waits.</summary>
    SeatsStatus Status { get; }

    /// <summary>Told after each change of <see cref="Status"/>, on a thread of the manager; handlers return at once.</summary>
    event Action<SeatsStatus>? StatusChanged;

    /// <summary>Starts the seat's own guest. Fails with <see cref="SeatRefusedException"/>.</summary>
    Task StartSeatAsync(string seat, CancellationToken cancellation);

    /// <summary>Asks the seat's own guest to shut down. Fails with <see cref="SeatRefusedException"/>.</summary>
    Task StopSeatAsync(string seat, CancellationToken cancellation);

    /// <summary>Gives a device to a seat, or to the host (<c>host</c>), for good. Fails with <see cref="SeatRefusedException"/>, as do all below.</summary>
    /// <param name="device">Its id as the status shows it, or its event node.</param>
    Task AssignAsync(string device, string seat, CancellationToken cancellation);

    /// <summary>Makes a seat that stands in no configuration.</summary>
    /// <param name="gpu">PCI address of a card to pass through; null for none.</param>
    Task AddSeatAsync(string seat, string guest, string? gpu, ValueList<string> devices, CancellationToken cancellation);

    /// <summary>Removes a seat that stands in no configuration.</summary>
    Task RemoveSeatAsync(string seat, CancellationToken cancellation);

    /// <summary>Gives the devices of all seats back to the host, until a seat is started again.</summary>
    Task TakeBackAsync(CancellationToken cancellation);

    /// <summary>Has each free screen ask who is in front of it for two minutes, or (false) no longer.</summary>
    Task IdentifyAsync(bool begin, CancellationToken cancellation);

    /// <summary>Sets the password with which viewers come to a seat over TCP.</summary>
    /// <param name="kept">What is kept of it, as <see cref="Phyllome.Seats.Remote.RemotePassword.Keep"/> writes it.</param>
    Task SetRemotePasswordAsync(string seat, string kept, CancellationToken cancellation);

    /// <summary>Lets a seat's viewers look alone, or type and point too; it is remembered, and goes before what the configuration says.</summary>
    Task SetRemoteViewOnlyAsync(string seat, bool viewOnly, CancellationToken cancellation);

    /// <summary>Sends a seat's viewers away.</summary>
    Task EndRemoteViewersAsync(string seat, CancellationToken cancellation);

    /// <summary>Says what a request would do, and does nothing.</summary>
    /// <param name="words">As <c>seatctl</c> takes them: <c>seat start NAME</c>, <c>assign DEVICE SEAT</c>, ...</param>
    /// <returns>The sentences of the steps, in order.</returns>
    Task<ValueList<string>> PreviewAsync(ValueList<string> words, CancellationToken cancellation);

    /// <summary>Asks the router what passed of each device.</summary>
    Task<InputTraffic> CountTrafficAsync(CancellationToken cancellation);

    /// <summary>Moves a seat's input: a guest's name, <c>home</c>, <c>next</c> or <c>previous</c>. Fails with <see cref="SeatRefusedException"/>.</summary>
    Task FocusAsync(string seat, string target, CancellationToken cancellation);
}

/// <summary>Why a request was not done.</summary>
public enum Refusal
{
    Failed,
    NotThere,
    AgainstPolicy,
}

/// <summary>A request that was not done; its message is the sentence for the person who asked.</summary>
public sealed class SeatRefusedException(Refusal refusal, string sentence) : Exception(sentence)
{
    public Refusal Refusal { get; } = refusal;
}
