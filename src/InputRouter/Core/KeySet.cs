using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A set of key codes below <see cref="SinkCodes.KeyCount"/>, laid out as the kernel's bitmap of EVIOCGKEY (little-endian).</summary>
[InlineArray(SinkCodes.KeyCount / Bits)]
internal struct KeySet
{
    private const int Bits = 64;

    private ulong _first;

    /// <summary>The kernel's view of it.</summary>
    [UnscopedRef]
    public Span<byte> Bytes => MemoryMarshal.AsBytes((Span<ulong>)this);

    public readonly bool Has(int code) => (this[code / Bits] & (1UL << (code % Bits))) != 0;

    /// <returns>Whether it was not there.</returns>
    public bool Add(int code)
    {
        ref var word = ref this[code / Bits];
        var bit = 1UL << (code % Bits);
        var absent = (word & bit) == 0;
        word |= bit;
        return absent;
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(int code)
    {
        ref var word = ref this[code / Bits];
        var bit = 1UL << (code % Bits);
        var present = (word & bit) != 0;
        word &= ~bit;
        return present;
    }

    /// <param name="from">At most <see cref="SinkCodes.KeyCount"/>.</param>
    /// <returns>The lowest code from this one on, -1 where there is none.</returns>
    public readonly int Next(int from)
    {
        for (var index = from / Bits; index < SinkCodes.KeyCount / Bits; index++)
        {
            var word = this[index];
            if (index == from / Bits)
                word &= ulong.MaxValue << (from % Bits);
            if (word != 0)
                return (index * Bits) + BitOperations.TrailingZeroCount(word);
        }

        return -1;
    }
}
