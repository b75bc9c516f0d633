using System.Text;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>Pictures for a person to look at: <c>PHYLLOME_PICTURES</c> names the folder that they are kept in, as PPM.</summary>
internal static class PictureFiles
{
    public static void Keep(Picture picture, string name)
    {
        if (Environment.GetEnvironmentVariable("PHYLLOME_PICTURES") is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        using var file = File.Create(Path.Combine(folder, name + ".ppm"));
        file.Write(Encoding.ASCII.GetBytes($"P6 {picture.Width} {picture.Height} 255\n"));
        var row = new byte[picture.Width * 3];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                var pixel = picture.Row(y)[x];
                (row[x * 3], row[(x * 3) + 1], row[(x * 3) + 2]) = ((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);
            }

            file.Write(row);
        }
    }

    /// <summary>The area of all that is none of these colours.</summary>
    public static Area Ink(Picture picture, params uint[] grounds)
    {
        var ink = new Area();
        for (var y = 0; y < picture.Height; y++)
        {
            var row = picture.Row(y);
            for (var x = 0; x < picture.Width; x++)
            {
                if (!grounds.Contains(row[x]))
                    ink = ink.Around(new(x, y, 1, 1));
            }
        }

        return ink;
    }
}
