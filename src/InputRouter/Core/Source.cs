namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// A physical node, with its half of the key ledger. A key that is down but not held is dead: it was down before the focus came, or
/// completed a chord; its key-up reaches nobody.
/// </summary>
internal sealed class Source(int input)
{
    /// <summary>Keys that are down on the device.</summary>
    public KeySet Down;

    /// <summary>Keys that the device has.</summary>
    public KeySet Abilities;

    /// <summary>Keys of those that this source holds down in the sinks of its seat's focus.</summary>
    public KeySet Held;

    private ushort? _shown;

    public int Input => input;

    /// <summary>The seat that it belongs to; null: its events go nowhere.</summary>
    public Seat? Seat { get; set; }

    /// <summary>What its clones are clones of; null for one that needs none.</summary>
    public string? Clone { get; set; }

    /// <summary>Null where the device has no absolute axes and no switches.</summary>
    public Surface? Surface { get; init; }

    /// <summary>Null where the device can't be felt.</summary>
    public IFeedback? Feedback { get; init; }

    /// <summary>Contacts of those that this source holds in the clone of its seat's focus, one bit a slot.</summary>
    public ulong HeldContacts { get; set; }

    /// <summary>Null where the device has none.</summary>
    public ILights? Lights { get; set; }

    /// <summary>From SYN_DROPPED to the next SYN_REPORT, what comes is thrown away.</summary>
    public bool Overrun { get; set; }

    /// <summary>Where its absolute axes, contacts and motion go, where that may be written to now; null where it has no clone.</summary>
    public Sink? TakingClone => Clone is null ? null : Seat?.Focus?.Taking(Clone);

    /// <summary>Where a key of it goes, where that may be written to now.</summary>
    public Sink? Taking(int code) => Clone is null || Seat is { } seat && seat.HostKeys.Has(code) ? Seat?.TargetOf(code)?.TakingKey(code) : TakingClone;

    /// <summary>Shows what its seat's focus has set; dark where that is nothing.</summary>
    public void Show()
    {
        var lights = Seat?.Focus?.Lights ?? 0;
        if (_shown == lights)
            return;
        _shown = lights;
        Lights?.Show(lights);
    }
}
