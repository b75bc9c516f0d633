using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>A listening socket.</summary>
internal sealed class Door(SeqPacketSocket socket, Action<SeqPacketSocket> enter) : Watched(socket.Descriptor)
{
    public override void OnReady(PollEvents events)
    {
        try
        {
            enter(socket.Accept());
        }
        catch (LinuxException exception)
        {
            Log.Warning(exception.Message);
        }
    }
}
