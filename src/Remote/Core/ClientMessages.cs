using System.Buffers.Binary;

namespace Phyllome.Seats.Remote.Core;

/// <summary>Where a viewer's messages end. Numbers are big-endian.</summary>
internal static class ClientMessages
{
    /// <summary>As much as QEMU takes.</summary>
    public const int LargestCutText = 1 << 20;

    /// <summary>No message is longer.</summary>
    public const int Largest = 8 + LargestCutText;

    private const int LargestFence = 64;
    private const byte ExtendedKey = 0, Audio = 1;
    private const ushort AudioEnable = 0, AudioDisable = 1, AudioFormat = 2;

    /// <summary>The length of the message that begins here, of which not all need be there; null while too little is there to tell.</summary>
    /// <exception cref="RfbException">It is none that is known, or a longer one than is taken.</exception>
    public static int? LengthOf(ReadOnlySpan<byte> bytes) => bytes is [] ? null : (ClientMessage)bytes[0] switch
    {
        ClientMessage.SetPixelFormat => 20,
        ClientMessage.SetEncodings => bytes.Length < 4 ? null : 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
        ClientMessage.FramebufferUpdateRequest or ClientMessage.EnableContinuousUpdates => 10,
        ClientMessage.KeyEvent => 8,
        ClientMessage.PointerEvent => 6,
        ClientMessage.ClientCutText => bytes.Length < 8 ? null : 8 + CutText(BinaryPrimitives.ReadInt32BigEndian(bytes[4..])),
        ClientMessage.ClientFence => bytes.Length < 9 ? null : 9 + Fence(bytes[8]),
        ClientMessage.Xvp => 4,
        ClientMessage.SetDesktopSize => bytes.Length < 8 ? null : 8 + (16 * bytes[6]),
        ClientMessage.Qemu => bytes.Length < 2 ? null : bytes[1] switch
        {
            ExtendedKey => 12,
            Audio => bytes.Length < 4 ? null : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) switch
            {
                AudioEnable or AudioDisable => 4,
                AudioFormat => 10,
                var operation => throw new RfbException($"it sent QEMU's audio message {operation}, which is not known"),
            },
            var kind => throw new RfbException($"it sent a message of QEMU's of kind {kind}, which is not known"),
        },
        var type => throw new RfbException($"it sent a message of type {(byte)type}, which is not known"),
    };

    /// <summary>Whether a whole message is a key that goes down or up, by its keysym or by its scan code.</summary>
    public static bool IsExtendedKey(ReadOnlySpan<byte> message) => message is [(byte)ClientMessage.Qemu, ExtendedKey, ..];

    /// <summary>Whether a message does something to the guest, so that whoever may only look cannot send it.</summary>
    public static bool IsInput(ReadOnlySpan<byte> message) =>
        (ClientMessage)message[0] is ClientMessage.KeyEvent or ClientMessage.PointerEvent or ClientMessage.ClientCutText or ClientMessage.SetDesktopSize
            // Turns the guest off, where QEMU lets viewers.
            or ClientMessage.Xvp
        || IsExtendedKey(message);

    // A negative length is that of the extended clipboard, which has the same place.
    private static int CutText(int length) => Math.Abs((long)length) is <= LargestCutText and var bytes
        ? (int)bytes
        : throw new RfbException($"it sent {Math.Abs((long)length)} bytes of clipboard; {LargestCutText} are taken");

    private static int Fence(byte length) => length <= LargestFence ? length : throw new RfbException($"it sent a fence of {length} bytes; {LargestFence} are the most");
}
