using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;

namespace Phyllome.Seats.SeatManager.Sleeping;

/// <summary>logind, as far as it concerns sleep (org.freedesktop.login1(5)).</summary>
internal sealed class Logind : IAsyncDisposable
{
    private const string Service = "org.freedesktop.login1";
    private const string Path = "/org/freedesktop/login1";
    private const string Manager = Service + ".Manager";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly BusConnection _bus;

    private Logind(BusConnection bus) => _bus = bus;

    /// <summary>Completes when this is disposed; fails where the bus was lost.</summary>
    public Task Ended => _bus.Ended;

    /// <summary>Connects and watches. Fails with a <see cref="BusException"/>.</summary>
    /// <param name="address">A bus's address; null for the system's.</param>
    /// <param name="preparing">Told true before the host sleeps, false after it, and once at first how it stands.</param>
    /// <param name="restarted">Told when there is another logind, which knows of no lock of ours.</param>
    public static async Task<Logind> ConnectAsync(string? address, Action<bool> preparing, Action restarted)
    {
        var logind = new Logind(address is null ? BusConnection.OpenSystem() : BusConnection.OpenAddress(address));
        try
        {
            await logind._bus.WatchNameAsync(Service, owner =>
            {
                if (owner is not null)
                    restarted();
            }).ConfigureAwait(false);
            await logind._bus.WatchSignalAsync(new(Service, Path, Manager, "PrepareForSleep"), (_, body) => preparing(body.ReadBoolean())).ConfigureAwait(false);
            // Told on the bus's thread, so that it comes before every later signal.
            await logind._bus.CallAsync(
                new BusCall(Service, Path, "org.freedesktop.DBus.Properties", "Get", body =>
                {
                    body.Write(Manager);
                    body.Write("PreparingForSleep");
                }) { Deadline = Deadline },
                body =>
                {
                    preparing(body.ReadVariant("b", static value => value.ReadBoolean()));
                    return true;
                }).ConfigureAwait(false);
            return logind;
        }
        catch
        {
            await logind.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes a lock, which holds until the descriptor is closed. Fails with a <see cref="BusException"/>.</summary>
    /// <param name="what"><c>idle</c> or <c>sleep</c>.</param>
    /// <param name="why">Shown to whoever is refused, and by systemd-inhibit --list.</param>
    /// <param name="mode"><c>block</c> or <c>delay</c>.</param>
    public Task<FileDescriptor> InhibitAsync(string what, string why, string mode) => _bus.CallAsync(
        new BusCall(Service, Path, Manager, "Inhibit", body =>
        {
            body.Write(what);
            body.Write("Phyllome Seats");
            body.Write(why);
            body.Write(mode);
        }) { Deadline = Deadline },
        static body => body.ReadDescriptor());

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
