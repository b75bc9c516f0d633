using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.SeatManager.Screens;

/// <summary>The displays of guests, for presenters: a socket to QEMU itself where a guest has one screen, else a way to one of them.</summary>
/// <param name="open">Opens a guest's display.</param>
/// <param name="lost">Told the name of a guest whose display nobody can be told anything by, be it that another program has opened it or that it has ended.</param>
internal sealed class GuestDisplays(Func<Guid, int, CancellationToken, Task<FileDescriptor>> open, Action<string> lost) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private readonly Dictionary<Guid, GuestHeads> _heads = [];

    /// <summary>A socket for the presenter that is to show it.</summary>
    /// <exception cref="BusException">QEMU does not answer as it should.</exception>
    public async Task<FileDescriptor> OpenAsync(ShowPicture show, CancellationToken cancellation)
    {
        if (show.Head is not { } head)
            return await open(show.Guest, show.Display, cancellation).ConfigureAwait(false);
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!_heads.TryGetValue(show.Guest, out var heads) || heads.Ended.IsCompleted)
            {
                heads = await GuestHeads.OpenAsync(await open(show.Guest, show.Display, cancellation).ConfigureAwait(false), head.Of).ConfigureAwait(false);
                _heads[show.Guest] = heads;
                _ = EndAsync(show.Guest, show.GuestName, heads);
            }

            return await heads.ServeAsync(head.Number, head.On).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>What presenters show goes on without it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        var all = _heads.Values.ToList();
        _heads.Clear();
        _opening.Release();
        foreach (var heads in all)
            await heads.DisposeAsync().ConfigureAwait(false);
    }

    private async Task EndAsync(Guid guest, string name, GuestHeads heads)
    {
        await heads.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _opening.WaitAsync().ConfigureAwait(false);
        var isNewest = _heads.TryGetValue(guest, out var newest) && newest == heads;
        if (isNewest)
            _heads.Remove(guest);
        _opening.Release();
        await heads.DisposeAsync().ConfigureAwait(false);
        if (isNewest)
            lost(name);
    }
}
