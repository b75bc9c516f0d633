using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Remote;

/// <summary>How a guest's remote display is to be.</summary>
/// <param name="Size">Of its screen; null for the one that it has by itself.</param>
public sealed record RemoteScreen(ScreenSize? Size);
