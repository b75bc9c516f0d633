using System.Diagnostics;

namespace Phyllome.Seats.Bench;

/// <summary>Another process with a large heap and a full collection every 100 ms: the manager at its worst.</summary>
internal static class Neighbour
{
    /// <summary>At the ordinary priority, as the manager, whatever ours is.</summary>
    public static Process Start(string self) => Process.Start("chrt", ["--other", "0", self, "collect"]);

    public static void Run()
    {
        var kept = new object[50_000];
        using var never = new ManualResetEvent(initialState: false);
        while (!never.WaitOne(100))
        {
            for (var i = 0; i < kept.Length; i++)
                kept[i] = new byte[64];
            GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        }
    }
}
