using Phyllome.Seats.Remote;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Planning;

/// <summary>What is in force: what the router holds, and which guests were already started for their seats.</summary>
/// <param name="Started">Guests that were started (or found running) for their seat since the manager began, so that one which its
/// user shut down is not started again behind their back.</param>
public sealed record Current(RouterState Router, ValueList<Guid> Started)
{
    public static Current Nothing { get; } = new(RouterState.Empty, []);

    /// <summary>Ids of the devices that came within the last minute and that nobody had seen before.</summary>
    public ValueList<string> New { get; init; } = [];

    /// <summary>udev's rules of what is off the host, as <see cref="OffHost.UdevRules"/> writes them; null where it is not known which are in force.</summary>
    public string? HostRules { get; init; }

    /// <summary>Names of the seats whose devices have been gone for longer than their guests are kept.</summary>
    public ValueList<string> Lingered { get; init; } = [];

    /// <summary>The monitors that are lent to presenters; null where nobody lends any.</summary>
    public ValueList<LentScreen>? Screens { get; init; }

    /// <summary>The doors for viewers elsewhere; null where nobody opens any.</summary>
    public ValueList<OpenedDoor>? Doors { get; init; }

    /// <summary>Whether somebody wants each free screen to ask who is in front of it.</summary>
    public bool Identify { get; init; }

    /// <summary>Who has answered and is still asked, the first first.</summary>
    public ValueList<Answered> Answers { get; init; } = [];

    /// <summary>What the codes on the screens follow from; nobody else knows it.</summary>
    public string CodeSecret { get; init; } = "";

    /// <summary>Cards that must not be taken from the host as it is now.</summary>
    public ValueList<RefusedGpu> Refused { get; init; } = [];
}

/// <param name="Address">Of the card.</param>
/// <param name="Sentence">What speaks against it, and what to do.</param>
public sealed record RefusedGpu(string Address, string Sentence);
