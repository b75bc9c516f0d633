using CsCheck;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Tests;

public sealed class DamageTests
{
    private const int Side = 40;
    private static readonly Gen<Area> AnArea =
        from x in Gen.Int[0, Side - 1]
        from y in Gen.Int[0, Side - 1]
        from width in Gen.Int[1, 8]
        from height in Gen.Int[1, 8]
        select new Area(x, y, width, height).Common(new(0, 0, Side, Side));

    [Fact]
    public void Whatever_changed_is_in_one_of_a_few_areas() => AnArea.Array[0, 100].Sample(changes =>
    {
        var damage = new Damage();
        foreach (var area in changes)
            damage.Add(area);
        Assert.InRange(damage.Areas.Count, changes.Length == 0 ? 0 : 1, 16);
        foreach (var area in changes)
        {
            for (var y = area.Y; y < area.Bottom; y++)
            {
                for (var x = area.X; x < area.Right; x++)
                    Assert.Contains(damage.Areas, one => one.Common(new(x, y, 1, 1)).Pixels == 1);
            }
        }
    });

    [Fact]
    public void Areas_beside_each_other_become_one()
    {
        var damage = new Damage();
        damage.Add(new(0, 0, 10, 10));
        damage.Add(new(10, 0, 10, 10));
        damage.Add(new(5, 5, 1, 1));
        Assert.Equal([new Area(0, 0, 20, 10)], damage.Areas);
    }

    [Fact]
    public void Areas_far_from_each_other_stay_apart_so_that_a_clock_and_a_caret_are_no_whole_screen()
    {
        var damage = new Damage();
        damage.Add(new(0, 0, 10, 10));
        damage.Add(new(1900, 1060, 10, 10));
        Assert.Equal(200, damage.Areas.Sum(area => area.Pixels));
    }

    /// <summary>Lives through changes and commits of chance, with buffers that are only ever drawn where the pair says.</summary>
    [Fact]
    public void Each_buffer_that_is_committed_has_the_newest_picture() => Gen.Select(AnArea, Gen.Int[0, 3]).Array[1, 60].Sample(history =>
    {
        var picture = new int[Side * Side];
        int[][] buffers = [new int[Side * Side], new int[Side * Side]];
        var pair = new BufferPair();
        var value = 0;
        foreach (var (area, then) in history)
        {
            value++;
            Fill(picture, area, _ => value);
            pair.Changed(area);
            if (then != 0)
                continue;
            var shown = 1 - pair.Back;
            var before = (int[])buffers[shown].Clone();
            foreach (var lacking in pair.Lacking)
                Fill(buffers[pair.Back], lacking, at => picture[at]);
            Assert.Equal(picture, buffers[pair.Back]);
            // What is on the screen was not touched.
            Assert.Equal(before, buffers[shown]);
            pair.Swap();
            Assert.Equal(shown, pair.Back);
        }
    });

    private static void Fill(int[] pixels, Area area, Func<int, int> value)
    {
        for (var y = area.Y; y < area.Bottom; y++)
        {
            for (var x = area.X; x < area.Right; x++)
                pixels[(y * Side) + x] = value((y * Side) + x);
        }
    }
}
