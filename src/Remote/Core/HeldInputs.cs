using System.Buffers.Binary;

namespace Phyllome.Seats.Remote.Core;

/// <summary>What one viewer holds down in its guest, and what lets it go.</summary>
internal sealed class HeldInputs
{
    /// <summary>More than anybody has fingers for; of what nobody presses nothing is kept.</summary>
    public const int MostKeys = 64;

    private const int KeyLength = 8, ExtendedKeyLength = 12, PointerLength = 6;
    private readonly List<Key> _keys = [];
    private readonly byte[] _pointer = new byte[PointerLength];

    private readonly record struct Key(bool IsExtended, uint Keysym, uint ScanCode)
    {
        /// <summary>A key is let go with another keysym than it was pressed with where Shift has come between; its scan code stays.</summary>
        public bool IsSame(Key other) => IsExtended == other.IsExtended && ScanCode == other.ScanCode && (ScanCode != 0 || Keysym == other.Keysym);
    }

    /// <summary>Takes note of a whole message.</summary>
    /// <returns>Whether it may go on: not one more key than can be let go again.</returns>
    public bool Note(ReadOnlySpan<byte> message)
    {
        switch ((ClientMessage)message[0])
        {
            case ClientMessage.KeyEvent:
                return Note(new(false, BinaryPrimitives.ReadUInt32BigEndian(message[4..]), 0), message[1] != 0);
            case ClientMessage.Qemu when ClientMessages.IsExtendedKey(message):
                return Note(
                    new(true, BinaryPrimitives.ReadUInt32BigEndian(message[4..]), BinaryPrimitives.ReadUInt32BigEndian(message[8..])),
                    BinaryPrimitives.ReadUInt16BigEndian(message[2..]) != 0);
            case ClientMessage.PointerEvent:
                message.CopyTo(_pointer);
                return true;
            default:
                return true;
        }
    }

    /// <summary>The messages that let go of all that is held, the last pressed first; it counts as let go then.</summary>
    public byte[] Release()
    {
        using var messages = new MemoryStream();
        Span<byte> message = stackalloc byte[ExtendedKeyLength];
        for (var i = _keys.Count - 1; i >= 0; i--)
        {
            var key = _keys[i];
            message.Clear();
            message[0] = (byte)(key.IsExtended ? ClientMessage.Qemu : ClientMessage.KeyEvent);
            BinaryPrimitives.WriteUInt32BigEndian(message[4..], key.Keysym);
            BinaryPrimitives.WriteUInt32BigEndian(message[8..], key.ScanCode);
            messages.Write(message[..(key.IsExtended ? ExtendedKeyLength : KeyLength)]);
        }

        _keys.Clear();
        if (_pointer[1] != 0)
        {
            // Where it was: what follows the pointer's place must not see it jump. In a guest with a relative pointer it is the last motion once more.
            _pointer[1] = 0;
            messages.Write(_pointer);
        }

        return messages.ToArray();
    }

    private bool Note(Key key, bool isDown)
    {
        var at = _keys.FindIndex(key.IsSame);
        if (!isDown)
        {
            if (at >= 0)
                _keys.RemoveAt(at);
            return true;
        }

        if (at >= 0)
            return true;
        if (_keys.Count == MostKeys)
            return false;
        _keys.Add(key);
        return true;
    }
}
