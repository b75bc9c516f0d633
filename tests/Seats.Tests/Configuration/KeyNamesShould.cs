using Phyllome.Seats.Configuration;
using Xunit;

namespace Phyllome.Seats.Tests.Configuration;

public sealed class KeyNamesShould
{
    [Theory]
    [InlineData("esc", 1)]
    [InlineData("leftctrl", 29)]
    [InlineData("rightctrl", 97)]
    [InlineData("leftmeta", 125)]
    [InlineData("f24", 194)]
    [InlineData("micmute", 248)]
    [InlineData("ok", 0x160)]
    [InlineData("macro1", 0x290)]
    public void Have_the_codes_of_the_kernel(string name, ushort code)
    {
        Assert.True(KeyNames.TryGetCode(name, out var found));
        Assert.Equal(code, found);
    }

    [Fact]
    public void Have_every_key_of_the_header_that_is_installed_here()
    {
        const string header = "/usr/include/linux/input-event-codes.h";
        if (!File.Exists(header))
            Assert.Skip($"{header} is not installed");
        string[] bounds = ["reserved", "min_interesting", "max", "cnt", "unknown"];
        var missing = File.ReadLines(header)
            .Where(line => line.StartsWith("#define KEY_", StringComparison.Ordinal))
            .Select(line => line.Split((char[])[' ', '\t'])[1]["KEY_".Length..].ToLowerInvariant())
            .Where(name => !bounds.Contains(name) && !KeyNames.TryGetCode(name, out _));

        Assert.Empty(missing);
    }
}
