using System.Buffers.Binary;
using CsCheck;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>Messages of viewers, and such of chance.</summary>
internal static class Messages
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 40];

    /// <summary>What only looks.</summary>
    public static Gen<byte[]> Looking { get; } = Gen.OneOf(
        Rest(0, 19), Rest(3, 9), Rest(150, 9),
        Gen.Int[0, 40].SelectMany(count => Gen.Byte.Array[4 * count].Select(encodings => (byte[])[2, 7, 0, (byte)count, .. encodings])),
        Gen.Int[0, 64].SelectMany(length => Gen.Byte.Array[length].Select(payload => (byte[])[248, 1, 2, 3, 4, 5, 6, 7, (byte)length, .. payload])),
        Gen.Const((byte[])[255, 1, 0, 0]), Gen.Const((byte[])[255, 1, 0, 1]), Gen.Byte.Array[6].Select(format => (byte[])[255, 1, 0, 2, .. format]));

    /// <summary>What does something to the guest. Of few keys, so that some are held for long and some go up again.</summary>
    public static Gen<byte[]> Doing { get; } = Gen.OneOf(
        Gen.Select(Gen.UInt[1, 5], Gen.Bool, Key),
        Gen.Select(Gen.UInt[1, 3], Gen.UInt[0, 3], Gen.Bool, ExtendedKey),
        Gen.Select(Gen.Byte, Gen.UShort, Gen.UShort, Pointer),
        Bytes.Select(text => CutText(text, isExtended: false)), Bytes.Select(text => CutText(text, isExtended: true)),
        Rest(250, 3),
        Gen.Int[0, 4].SelectMany(screens => Gen.Byte.Array[16 * screens].Select(layout => (byte[])[251, 0, 4, 0, 3, 0, (byte)screens, 0, .. layout])));

    public static byte[] Key(uint keysym, bool isDown)
    {
        var message = new byte[8];
        (message[0], message[1]) = (4, isDown ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), keysym);
        return message;
    }

    public static byte[] ExtendedKey(uint keysym, uint code, bool isDown)
    {
        var message = new byte[12];
        (message[0], message[3]) = (255, isDown ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), keysym);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), code);
        return message;
    }

    public static byte[] Pointer(byte buttons, ushort x, ushort y) => [5, buttons, (byte)(x >> 8), (byte)x, (byte)(y >> 8), (byte)y];

    public static byte[] CutText(byte[] text, bool isExtended)
    {
        var message = new byte[8 + text.Length];
        message[0] = 6;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), isExtended ? -text.Length : text.Length);
        text.CopyTo(message, 8);
        return message;
    }

    public static byte[] UpdateRequest { get; } = [3, 1, 0, 0, 0, 0, 2, 128, 1, 224];

    private static Gen<byte[]> Rest(byte type, int length) => Gen.Byte.Array[length].Select(rest => (byte[])[type, .. rest]);
}
