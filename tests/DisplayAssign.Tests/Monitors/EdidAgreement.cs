using Phyllome.Seats.DisplayAssign.Monitors;
using Phyllome.Seats.DisplayAssign.Tests.Machines;
using Xunit;

namespace Phyllome.Seats.DisplayAssign.Tests.Monitors;

/// <summary>PHYLLOME_EDIDS: how many are made (default 300). Those in tests/data/edids are of monitors of the virtual PC; PHYLLOME_EDID_FOLDER: a folder of
/// others to hold against as well.</summary>
public sealed class EdidAgreement
{
    [Fact]
    public void Every_field_of_every_made_EDID_is_read_as_edid_decode_reads_it()
    {
        Assert.SkipUnless(EdidDecode.IsThere, "edid-decode is not installed; tests/prepare installs it");
        var count = int.TryParse(Environment.GetEnvironmentVariable("PHYLLOME_EDIDS"), out var wanted) ? wanted : 300;
        for (var seed = 1; seed <= count; seed++)
            Agree(MadeEdid.Of(seed), $"seed {seed}");
    }

    [Fact]
    public void Every_field_of_every_given_EDID_is_read_as_edid_decode_reads_it()
    {
        Assert.SkipUnless(EdidDecode.IsThere, "edid-decode is not installed; tests/prepare installs it");
        var given = Environment.GetEnvironmentVariable("PHYLLOME_EDID_FOLDER");
        string[] files = [.. Directory.GetFiles(Path.Combine(MachineTree.Folder, "../edids")), .. given is null ? [] : Directory.GetFiles(given)];
        Assert.NotEmpty(files);
        Assert.All(files, file => Agree(File.ReadAllBytes(file), file));
    }

    private static void Agree(byte[] bytes, string which)
    {
        var reference = EdidDecode.Parse(bytes);
        var edid = Edid.Parse(bytes);
        Assert.True(
            reference with { Preferred = null, Highest = null, Name = null, SerialText = null }
                == edid with { Preferred = null, Highest = null, Name = null, SerialText = null, Faults = [] }
            && Same(reference.Name, edid.Name) && Same(reference.SerialText, edid.SerialText)
            && Same(reference.Preferred, edid.Preferred) && Same(reference.Highest, edid.Highest),
            $"{which}: edid-decode has {reference}\nbut we have {edid}\n{Convert.ToHexStringLower(bytes)}");
    }

    /// <summary>What is no printable ASCII ends a text here and in edid-decode of 2022; later ones show a dot and go on.</summary>
    private static bool Same(string? left, string? right) =>
        left == right || (left ?? "").StartsWith((right ?? "") + ".", StringComparison.Ordinal);

    /// <summary>The rate of a mode that is made by a formula is nominal here and computed there.</summary>
    private static bool Same(Mode? left, Mode? right) =>
        left?.Size == right?.Size && Math.Abs((left?.MilliHertz ?? 0) - (right?.MilliHertz ?? 0)) < 1000;
}
