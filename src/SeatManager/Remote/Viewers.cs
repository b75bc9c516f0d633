using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Remote;

/// <summary>Answers who waits at a door. What can't be done is told to them, who are the ones that want to know.</summary>
/// <param name="open">Opens a connection to a guest's VNC server.</param>
internal sealed class Viewers(RemoteDoors doors, Func<Guid, int, CancellationToken, Task<FileDescriptor>> open, Action<string> warn)
{
    /// <param name="display">Which of the guest's displays, as <see cref="Guests.Guest.Vnc"/> says.</param>
    public async Task LetInAsync(string seat, int viewer, Guid guest, string name, int display, CancellationToken cancellation)
    {
        try
        {
            using var connection = await open(guest, display, cancellation).ConfigureAwait(false);
            doors.LetIn(seat, viewer, name, connection);
        }
        catch (GuestException failure)
        {
            warn($"Seat {seat}: {failure.Message}");
            TurnAway(seat, viewer, failure.Message);
        }
        catch (LinuxException failure)
        {
            warn($"Seat {seat}: could not let a viewer in: {failure.Message}");
        }
    }

    public void TurnAway(string seat, int viewer, string sentence)
    {
        try
        {
            doors.TurnAway(seat, viewer, sentence);
        }
        catch (LinuxException failure)
        {
            warn($"Seat {seat}: could not turn a viewer away: {failure.Message}");
        }
    }
}
