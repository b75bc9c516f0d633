using System.Net.Sockets;

namespace Phyllome.Seats.Remote.Viewers;

/// <summary>What is said of a viewer who asks.</summary>
internal abstract record Admission
{
    /// <param name="Display">A connection to its QEMU's VNC server; whoever takes this closes it.</param>
    internal sealed record Guest(string Name, Socket Display) : Admission;

    internal sealed record Nothing(string Sentence) : Admission;
}
