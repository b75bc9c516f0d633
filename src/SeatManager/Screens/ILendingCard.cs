using Phyllome.Seats.DisplayAssign.Outputs;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>A card whose monitors are lent. Not safe for several threads at once. It goes with all that was lent of it.</summary>
internal interface ILendingCard : IDisposable
{
    FileDescriptor Descriptor { get; }

    /// <summary>Lends one connector and what it needs.</summary>
    /// <param name="connector">Without the card, <c>DP-1</c>.</param>
    /// <param name="taken">Objects that are lent already.</param>
    /// <exception cref="LinuxException">What of the card could not be had, and why.</exception>
    CardLease Lend(string connector, IReadOnlySet<uint> taken);

    /// <summary>Has the driver look at each connector. Of a card that has a master some drivers leave that to the master, after they have told of a change.</summary>
    /// <exception cref="LinuxException">What could not be read, and why.</exception>
    void Look();

    /// <summary>Ends a lease, be it that it has ended.</summary>
    void TakeBack(uint lessee);
}

internal sealed record CardLease(uint Lessee, ValueList<uint> Objects, FileDescriptor Descriptor) : IDisposable
{
    public void Dispose() => Descriptor.Dispose();
}

/// <summary>A card by its descriptor, which is its master.</summary>
internal sealed class LendingCard : ILendingCard
{
    private readonly DrmCard _card;

    public LendingCard(FileDescriptor descriptor)
    {
        _card = new(descriptor);
        _card.Understand(DrmClientCapability.UniversalPlanes);
    }

    public FileDescriptor Descriptor => _card.Descriptor;

    public CardLease Lend(string connector, IReadOnlySet<uint> taken)
    {
        var found = _card.Resources().Connectors.Select(_card.Connector).FirstOrDefault(one => one.Name == connector)
            ?? throw new LinuxException(Errno.ENODEV, $"the card has no connector {connector} any more");
        if (CardOutputs.Choose(_card, [found], taken) is not [var output])
            throw new LinuxException(Errno.ENOSPC, $"the card can drive no further monitor: it has no CRTC and plane left for {connector}");
        var lease = _card.CreateLease([.. output.Objects]);
        return new(lease.Lessee, output.Objects.ToValueList(), lease.Descriptor);
    }

    public void Look()
    {
        foreach (var connector in _card.Resources().Connectors)
            _card.Connector(connector);
    }

    public void TakeBack(uint lessee)
    {
        try
        {
            _card.RevokeLease(lessee);
        }
        catch (LinuxException gone) when (gone.Errno == Errno.ENOENT)
        {
            // it ended with its presenter
        }
    }

    public void Dispose() => _card.Dispose();
}
