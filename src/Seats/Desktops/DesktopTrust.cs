namespace Phyllome.Seats.Desktops;

/// <summary>Whose desktop may lend its monitors to seats, and so has what is shown there. Pure.</summary>
public static class DesktopTrust
{
    /// <summary>The person whose session is in front at the host's own seat (seat0), and root; nobody else.</summary>
    /// <param name="user">Who has connected, by the kernel.</param>
    /// <param name="person">Who has the session in front, by logind; null for nobody.</param>
    public static bool Has(uint user, uint? person) => user == 0 || user == person;
}
