namespace Phyllome.Seats.SeatManager;

/// <summary>How long to wait before something that failed is tried again.</summary>
internal static class Backoff
{
    /// <summary>1, 2, 4, ... 60 s after the first, second, third failure in a row.</summary>
    public static TimeSpan After(int failures) => TimeSpan.FromSeconds(Math.Min(60, 1 << Math.Clamp(failures - 1, 0, 6)));
}
