using Phyllome.Seats.Presenter.Screen;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>Reads the code off a screen that asks who is in front of it, as a person does: by what each digit would look like there.</summary>
static class ScreenCode
{
    const int Digits = 4;

    /// <param name="name">What the screen calls itself.</param>
    /// <returns>Null where the screen shows no such question.</returns>
    public static string? Read(Pixels picture, string name)
    {
        var code = new char[Digits];
        for (var digit = '2'; digit <= '9'; digit++)
        {
            var question = new IdentifyScreen(name, new string(digit, Digits));
            var (expected, type) = (question.Draw(picture.Width, picture.Height, BitmapFont.Own), new LargeType(BitmapFont.Own));
            var block = question.Layout(picture.Width, picture.Height, type).Code!.Value.Characters;
            var wide = type.Width("0", block.Letter);
            for (var place = 0; place < Digits; place++)
            {
                var middle = block.Area.X + (block.Area.Width / 2) + ((2 * place - Digits + 1) * wide);
                if (IsSame(picture, expected, middle - (wide * 4 / 5), middle + (wide * 4 / 5), block.Area.Y, block.Area.Bottom)) code[place] = digit;
            }
        }
        return code.Contains('\0') ? null : new(code);
    }

    static bool IsSame(Pixels picture, Presenter.Core.Picture expected, int left, int right, int top, int bottom)
    {
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var colour = expected.Row(y)[x];
                if (picture.At(x, y) != ((byte)(colour >> 16), (byte)(colour >> 8), (byte)colour)) return false;
            }
        }
        return true;
    }
}
