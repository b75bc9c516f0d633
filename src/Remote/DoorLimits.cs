namespace Phyllome.Seats.Remote;

/// <summary>How long anyone is waited for, and how many come in.</summary>
internal sealed record DoorLimits
{
    /// <summary>For what a viewer's program does by itself, up to TLS, and then from its being let in on.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one at the socket who may not come in to hear that, so that they keep nobody's place.</summary>
    public TimeSpan Stranger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For a name and a password, and a look at the certificate before: a person does that.</summary>
    public TimeSpan Typing { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For what the manager says of a viewer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>For a guest's QEMU to show itself.</summary>
    public TimeSpan Guest { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a viewer, or a QEMU, that takes nothing of what it is sent, or no longer answers.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For goodbyes.</summary>
    public TimeSpan Leaving { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Who has shown that they may come in.</summary>
    public int Viewers { get; init; } = 8;

    /// <summary>Who has not yet, at each entrance; more wait in the kernel's queue.</summary>
    public int Callers { get; init; } = 16;
}
