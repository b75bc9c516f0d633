using System.Text.Json;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Asks the device helper, which root may as well as the service.</summary>
internal static class GpuHelper
{
    private const string Socket = "/run/phyllome-seats/gpu-helper.sock";

    /// <summary>What a card takes to change its driver, at most; one that takes longer is stuck.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <returns>Why the card was not given back, a sentence; null where it was.</returns>
    internal static string? GiveBack(string address)
    {
        try
        {
            using var socket = SeqPacketSocket.Connect(Socket);
            socket.Send(JsonSerializer.SerializeToUtf8Bytes(new([new GiveBackGpu(address)]), HelpingJson.Default.HelperRequest));
            var packet = new byte[SeqPacketSocket.LargestPacket];
            var length = socket.Receive(packet, Patience, out var passed);
            passed?.Dispose();
            return length > 0 && JsonSerializer.Deserialize(packet.AsSpan(0, length), HelpingJson.Default.HelperReply) is { Results: [var result] }
                ? result.Errno == 0 ? null : result.Sentence
                : "the device helper ended without an answer; see: journalctl -k";
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ETIMEDOUT)
        {
            return "it is stuck in the kernel, and a reboot is needed; 'journalctl -u phyllome-gpu-helper@*' has the last write";
        }
        catch (LinuxException failure) when (failure.Errno is Errno.ENOENT or Errno.ECONNREFUSED)
        {
            return "the device helper is not there; start it with: systemctl start phyllome-gpu-helper.socket";
        }
        catch (LinuxException failure)
        {
            return $"{failure.Message}; are you root (sudo)?";
        }
    }
}
