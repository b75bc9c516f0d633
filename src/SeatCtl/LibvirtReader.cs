using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Asks libvirt for its guests, by the connection that every user may open and that can change nothing.</summary>
internal static class LibvirtReader
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    internal static async Task<LibvirtSight> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            // Its calls block, a stuck daemon's for ever: then the thread is left behind, and ends with the process.
            return await Task.Run(Read, cancellation).WaitAsync(Deadline, cancellation);
        }
        catch (TimeoutException)
        {
            return Problem($"{GuestDiff.LibvirtUri} did not answer within {Deadline.TotalSeconds:0} s");
        }
        catch (LibvirtException fault)
        {
            return Problem(fault.Message);
        }
        catch (DllNotFoundException)
        {
            return Problem("libvirt is not installed (libvirt.so.0)");
        }
    }

    private static LibvirtSight Problem(string sentence) => new(null, [], sentence);

    private static LibvirtSight Read()
    {
        using var connection = LibvirtConnection.OpenReadOnly(GuestDiff.LibvirtUri);
        var guests = new List<GuestSight>();
        foreach (var domain in connection.ListDomains())
        {
            using (domain)
                guests.Add(new(domain.Name, domain.IsActive, domain.MaxMemory));
        }
        return new(connection.Version.ToString(), guests.OrderBy(guest => guest.Name, StringComparer.Ordinal).ToValueList(), null);
    }
}
