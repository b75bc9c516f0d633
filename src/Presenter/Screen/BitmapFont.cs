using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>A console font (PSF version 2): glyphs of one size, each of one bit a pixel, and a table of their characters.</summary>
internal sealed class BitmapFont
{
    private const uint Magic = 0x864ab572;
    private readonly byte[] _glyphs;
    private readonly int _glyphSize;
    private readonly Dictionary<int, int> _indices = [];

    public BitmapFont(ReadOnlySpan<byte> file)
    {
        if (file.Length < 32 || Number(file, 0) != Magic || (Number(file, 12) & 1) == 0)
            throw new InvalidDataException("This is no PSF font of version 2 with a table of characters.");
        var begin = (int)Number(file, 8);
        var count = (int)Number(file, 16);
        _glyphSize = (int)Number(file, 20);
        (Height, Width) = ((int)Number(file, 24), (int)Number(file, 28));
        _glyphs = file.Slice(begin, count * _glyphSize).ToArray();
        // For each glyph its characters, then sequences after 0xfe, then 0xff: neither is a byte of UTF-8.
        var table = file[(begin + (count * _glyphSize))..];
        for (var glyph = 0; glyph < count; glyph++)
        {
            var end = table.IndexOf((byte)0xff);
            var characters = table[..end];
            if (characters.IndexOf((byte)0xfe) is var sequences and >= 0)
                characters = characters[..sequences];
            foreach (var rune in Encoding.UTF8.GetString(characters).EnumerateRunes())
                _indices.TryAdd(rune.Value, glyph);
            table = table[(end + 1)..];
        }
    }

    /// <summary>The font of this program: Terminus, bold.</summary>
    public static BitmapFont Own { get; } = Load();

    public int Width { get; }

    public int Height { get; }

    /// <summary>Whether a pixel of a character is ink; a character that the font lacks is shown as a question mark.</summary>
    public bool Ink(Rune character, int x, int y)
    {
        var glyph = _indices.TryGetValue(character.Value, out var known) || _indices.TryGetValue('?', out known) ? known : 0;
        var row = (glyph * _glyphSize) + (y * ((Width + 7) / 8));
        return (_glyphs[row + (x / 8)] >> (7 - (x % 8)) & 1) != 0;
    }

    private static uint Number(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);

    private static BitmapFont Load()
    {
        using var stream = typeof(BitmapFont).Assembly.GetManifestResourceStream("font")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(bytes);
    }
}
