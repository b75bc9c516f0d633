using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Sleeping;

/// <summary>Who pauses guests and lets them go on; fails with a <see cref="GuestException"/>.</summary>
internal interface IGuestPauses
{
    /// <summary>Whether it ran until now.</summary>
    Task<bool> PauseAsync(Guid guest, CancellationToken cancellation);

    /// <summary>Nothing is done to one that is not paused.</summary>
    Task ResumeAsync(Guid guest, CancellationToken cancellation);
}

/// <summary>The guests of libvirt.</summary>
internal sealed class GuestPauses(GuestHost guests) : IGuestPauses
{
    public Task<bool> PauseAsync(Guid guest, CancellationToken cancellation) => guests.PauseAsync(guest, cancellation);

    public Task ResumeAsync(Guid guest, CancellationToken cancellation) => guests.ResumeAsync(guest, cancellation);
}
