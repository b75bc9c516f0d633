using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Phyllome.Seats.VirtualPc;

namespace Phyllome.Seats.TwoSeats;

/// <summary>The colours of a picture that QEMU wrote: 8 bits each of red, green and blue, without alpha.</summary>
public sealed record Pixels(int Width, int Height, byte[] Colours)
{
    public (byte Red, byte Green, byte Blue) At(int x, int y)
    {
        var at = ((y * Width) + x) * 3;
        return (Colours[at], Colours[at + 1], Colours[at + 2]);
    }

    /// <summary>What is in the middle, of this size, or as much of it as there is.</summary>
    public Pixels Middle(int width, int height)
    {
        (width, height) = (Math.Min(width, Width), Math.Min(height, Height));
        if ((width, height) == (Width, Height)) return this;
        var colours = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            Colours.AsSpan(((((Height - height) / 2 + y) * Width) + ((Width - width) / 2)) * 3, width * 3).CopyTo(colours.AsSpan(y * width * 3));
        return new(width, height, colours);
    }

    /// <summary>Turned clockwise, by 0, 90, 180 or 270 degrees.</summary>
    public Pixels Turned(int degrees)
    {
        if (degrees == 0) return this;
        var (width, height) = degrees == 180 ? (Width, Height) : (Height, Width);
        var colours = new byte[Colours.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromX, fromY) = degrees switch { 90 => (y, Height - 1 - x), 180 => (Width - 1 - x, Height - 1 - y), _ => (Width - 1 - y, x) };
                Colours.AsSpan(((fromY * Width) + fromX) * 3, 3).CopyTo(colours.AsSpan(((y * width) + x) * 3));
            }
        }

        return new(width, height, colours);
    }

    /// <summary>How many pixels differ; all of them where the sizes do.</summary>
    public int DifferencesFrom(Pixels other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Width, Height) != (other.Width, other.Height)
            ? Width * Height
            : Enumerable.Range(0, Width * Height).Count(pixel => !Colours.AsSpan(pixel * 3, 3).SequenceEqual(other.Colours.AsSpan(pixel * 3, 3)));
    }

    /// <summary>A PNG of 8 bits a colour, or a PPM (P6).</summary>
    public static Pixels Read(byte[] file) => file is [(byte)'P', (byte)'6', ..] ? ReadPpm(file) : ReadPng(file);

    static Pixels ReadPpm(byte[] file)
    {
        var numbers = new List<int>();
        var at = 2;
        while (numbers.Count < 3)
        {
            while (char.IsWhiteSpace((char)file[at])) at++;
            var end = at;
            while (!char.IsWhiteSpace((char)file[end])) end++;
            numbers.Add(int.Parse(Encoding.ASCII.GetString(file, at, end - at), CultureInfo.InvariantCulture));
            at = end;
        }
        return new(numbers[0], numbers[1], file[(at + 1)..(at + 1 + (numbers[0] * numbers[1] * 3))]);
    }

    static Pixels ReadPng(byte[] file)
    {
        int width = 0, height = 0, channels = 0;
        using var packed = new MemoryStream();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var kind = Encoding.ASCII.GetString(file, at + 4, 4);
            var content = file.AsSpan(at + 8, length);
            if (kind == "IHDR")
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(content), BinaryPrimitives.ReadInt32BigEndian(content[4..]));
                channels = (content[8], content[9]) switch { (8, 2) => 3, (8, 6) => 4, var other => throw new PcException($"A PNG of the kind {other} is not known here.") };
            }
            else if (kind == "IDAT") packed.Write(content);
            at += length + 12;
        }
        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var row = new byte[width * channels];
        var above = new byte[width * channels];
        var colours = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            var filter = unpacked.ReadByte();
            unpacked.ReadExactly(row);
            for (var i = 0; i < row.Length; i++)
            {
                int left = i >= channels ? row[i - channels] : 0, up = above[i], corner = i >= channels ? above[i - channels] : 0;
                row[i] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) });
            }
            for (var x = 0; x < width; x++) row.AsSpan(x * channels, 3).CopyTo(colours.AsSpan(((y * width) + x) * 3));
            row.CopyTo(above, 0);
        }
        return new(width, height, colours);
    }

    // PNG specification, 9.4.
    static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        int a = Math.Abs(guess - left), b = Math.Abs(guess - up), c = Math.Abs(guess - corner);
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
