using Phyllome.Seats.Linux.Systemd;

namespace Phyllome.Seats.SeatManager;

/// <summary>What systemd says of the host.</summary>
internal static class HostState
{
    private const string Systemd = "org.freedesktop.systemd1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Whether the host is shutting down. Where systemd cannot be asked, it is not.</summary>
    /// <param name="busAddress">Null for the system bus.</param>
    public static async Task<bool> IsStoppingAsync(string? busAddress)
    {
        try
        {
            await using var bus = busAddress is null ? BusConnection.OpenSystem() : BusConnection.OpenAddress(busAddress);
            var call = new BusCall(Systemd, "/org/freedesktop/systemd1", "org.freedesktop.DBus.Properties", "Get", body =>
            {
                body.Write(Systemd + ".Manager");
                body.Write("SystemState");
            }) { Deadline = Deadline };
            return await bus.CallAsync(call, static body => body.ReadVariant("s", static value => value.ReadString())).ConfigureAwait(false) == "stopping";
        }
        catch (BusException)
        {
            return false;
        }
    }
}
