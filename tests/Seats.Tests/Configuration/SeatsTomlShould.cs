using CsCheck;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Guests;
using Tomlyn.Parsing;
using Xunit;

namespace Phyllome.Seats.Tests.Configuration;

public sealed class SeatsTomlShould
{
    private static readonly string Good = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "configuration", "good.toml"));

    [Fact]
    public void Read_the_file_of_the_design()
    {
        var configuration = SeatsToml.Parse(Good, "/etc/phyllome/seats.toml").Configuration!;

        Assert.Equal(new HostWish([new(SelectorKind.Port, "1-1")], new(SelectorKind.Connector, "card0-DP-1")) { Seat = "left", KeepAt = [new(3, 9)] }, configuration.Host);
        Assert.Equal(SeatsConfiguration.DefaultHotkeys, configuration.Hotkeys);
        var seat = Assert.Single(configuration.Seats);
        Assert.Equal("left", seat.Name);
        Assert.Equal(["windows", "work"], seat.Guests);
        Assert.Equal([new(SelectorKind.Port, "1-2")], seat.Devices);
        Assert.Equal([new(SelectorKind.Edid, "DEL-40F1-AB123")], seat.Displays);
        Assert.Equal("0000:01:00.0", seat.Gpu);
        Assert.Equal("alice", seat.Owner);
        Assert.Equal(new Place(27, 11), seat.Where.Guests[0]);
        Assert.Equal(new Place(28, 12), seat.Where.Devices[0]);
    }

    [Fact]
    public void Read_how_long_the_router_waits_for_a_manager() =>
        Assert.Equal(TimeSpan.FromSeconds(90), SeatsToml.Parse("[host]\nrelease-on-stall='1min 30s'\n", "f").Configuration!.Host.ReleaseOnStall);

    [Fact]
    public void Read_what_becomes_of_a_guest_that_is_left()
    {
        var read = SeatsToml.Parse("[spawn]\naway='save'\n[[seat]]\nname='a'\nguests=['g']\n[[seat]]\nname='b'\nguests=['h']\naway='shut-down'\n", "f").Configuration!;
        Assert.Equal((WhenAway.Save, WhenAway.Keep, WhenAway.ShutDown), (read.Spawn.Away, read.Seats[0].Away, read.Seats[1].Away));
        Assert.Equal(WhenAway.ShutDown, SeatsConfiguration.Default.Spawn.Away);
    }

    [Fact]
    public void Take_an_empty_file_as_the_defaults() =>
        Assert.Equal(SeatsConfiguration.Default, SeatsToml.Parse("", SeatsConfiguration.Default.File).Configuration);

    [Fact]
    public void Read_an_inline_table_and_dotted_keys_as_the_tables_that_they_are() => Assert.Equal(
        WithoutPlaces(SeatsToml.Parse("[host]\nkeep=['port:1-1']\n[[seat]]\nname='a'\nguests=['g']\n", "f").Configuration!),
        WithoutPlaces(SeatsToml.Parse("host.keep=['port:1-1']\nseat=[{name='a',guests=['g']}]\n", "f").Configuration!));

    private static SeatsConfiguration WithoutPlaces(SeatsConfiguration read) => read with { Host = read.Host with { KeepAt = [] }, Seats = [] };

    [Fact]
    public void Refuse_what_lies_too_deep_instead_of_failing()
    {
        var (configuration, diagnostics) = SeatsToml.Parse("a=" + new string('[', 100_000), "f");

        Assert.Null(configuration);
        Assert.Single(diagnostics);
    }

    [Fact]
    public void Never_throw_whatever_the_text_is() => Gen.OneOf(Gen.String, Mutated, Assembled).Sample(
        text =>
        {
            var (configuration, diagnostics) = SeatsToml.Parse(text, "f");
            return (configuration is null) == diagnostics.Any(d => d.Severity == Severity.Error)
                && diagnostics.All(d => d is { Place: { Line: > 0, Column: > 0 }, Sentence.Length: > 0 } && !d.Sentence.Any(char.IsControl));
        },
        iter: 2_000);

    [Fact]
    public void Refuse_every_key_and_table_that_the_toml_reader_knows_to_be_set_twice() => Assembled.Sample(
        // Its validation does not know that each [[a]] begins anew.
        text => text.Contains("[[", StringComparison.Ordinal)
            || TomlTree.Read(text).Faults.Count > 0 || !SyntaxParser.Parse(text, validate: true).HasErrors,
        iter: 3_000);

    /// <summary>The good file with some pieces cut out, doubled or replaced.</summary>
    private static Gen<string> Mutated { get; } =
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 12], Gen.OneOf(Gen.String[0, 4], Gen.OneOf("\"", "[", "]", "\n", "=", "seat", "'", "{", ".", "\u001b")))
            .Array[1, 6]
            .Select(edits => edits.Aggregate(Good, (text, edit) =>
            {
                var at = Math.Min(edit.Item1, text.Length);
                return string.Concat(text.AsSpan(0, at), edit.Item3, text.AsSpan(Math.Min(at + edit.Item2, text.Length)));
            }));

    /// <summary>Good lines in any order, so that tables are set twice in every way there is.</summary>
    private static Gen<string> Assembled { get; } = Gen.OneOf(
        "[a]", "[a.b]", "[a.b.c]", "[[a]]", "[[a.b]]", "[b]", "a=1", "b=1", "a.b=1", "a.b.c=1", "b.c=1", "a={}", "a={b=1}", "a={b={c=1}}", "a={b.c=1}",
        "a=[{b=1}]", "b=[]", "[[seat]]", "[seat.x]", "name='x'", "[host]", "keep=[]", "seat=1").Array[0, 8]
        .Select(lines => string.Join('\n', lines));

    [Fact]
    public void Know_what_is_wished_of_a_guest_be_its_name_quoted()
    {
        var (configuration, _) = SeatsToml.Parse("""
            [guest.windows]
            profile = "windows-11"

            [guest."my mac"]
            input = "usb"
            """, "seats.toml");

        Assert.Equal([new("windows", GuestProfile.Windows11, null), new("my mac", null, InputBus.Usb)], configuration!.Guests);
    }
}
