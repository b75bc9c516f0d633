using Phyllome.Seats.VirtualPc.Hardware;
using Phyllome.Seats.VirtualPc.Image;
using Xunit;

namespace Phyllome.Seats.VirtualPc.Tests;

public sealed class RecipeTests
{
    [Fact]
    public void The_same_recipe_has_the_same_key() =>
        Assert.Equal(new ImageRecipe(DebianRelease.Bookworm).Key, new ImageRecipe(DebianRelease.Bookworm).Key);

    [Fact]
    public void The_key_names_the_release_and_differs_between_releases()
    {
        Assert.StartsWith("bookworm-", new ImageRecipe(DebianRelease.Bookworm).Key, StringComparison.Ordinal);
        Assert.StartsWith("trixie-", new ImageRecipe(DebianRelease.Trixie).Key, StringComparison.Ordinal);
        Assert.NotEqual(new ImageRecipe(DebianRelease.Bookworm).Key[9..], new ImageRecipe(DebianRelease.Trixie).Key[7..]);
    }

    [Fact]
    public void What_is_installed_beside_the_usual_makes_another_image() => Assert.Distinct(
        Enum.GetValues<PcSoftware>().Select(software => new ImageRecipe(DebianRelease.Bookworm, software).Key));

    [Fact]
    public void One_changed_byte_of_any_file_changes_the_key()
    {
        var recipe = new ImageRecipe(DebianRelease.Bookworm);
        foreach (var (name, content) in ImageRecipe.Files)
        {
            var changed = ImageRecipe.Files.Select(file => file.Name == name ? (name, [.. content, (byte)'\n']) : file);
            Assert.NotEqual(recipe.Key, recipe.KeyOf(changed));
        }
    }

    [Fact]
    public void A_byte_that_moves_from_one_file_to_the_next_changes_the_key()
    {
        var recipe = new ImageRecipe(DebianRelease.Bookworm);
        Assert.NotEqual(recipe.KeyOf([("a", "xy"u8.ToArray()), ("b", "z"u8.ToArray())]), recipe.KeyOf([("a", "x"u8.ToArray()), ("b", "yz"u8.ToArray())]));
    }

    [Fact]
    public void The_recipe_holds_all_that_the_build_script_takes_from_it()
    {
        var names = ImageRecipe.Files.Select(file => file.Name).ToList();
        Assert.Superset(new HashSet<string> { "build", "listen.c", "init", "make-initramfs", "console-listen", "console-listen.service", "lan.service", "pc-ready.service" },
            names.ToHashSet());
    }
}
