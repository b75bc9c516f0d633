namespace Phyllome.Seats.Desktop;

/// <summary>Lines for the journal on standard error, with the priority that sd-daemon(3) describes.</summary>
internal static class Log
{
    public static void Info(string sentence) => Console.Error.WriteLine($"<6>{sentence}");

    public static void Warning(string sentence) => Console.Error.WriteLine($"<4>{sentence}");

    public static void Error(string sentence) => Console.Error.WriteLine($"<3>{sentence}");
}
