using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Remembering;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Remembering;

public sealed class MemoryFileTests : IDisposable
{
    private static readonly Memory Something = new(
        [new("seat1", "gamer", "0000:01:00.0")],
        [new(new("port:1-2.1", "046d:c31c", "S1"), "seat1", true)],
        [new("port:1-1", "046d:c31c", null)],
        [new("0000:01:00.0", "card1-DP-1", "DELL U2720Q", "DEL-40F1-AB123", "3840x2160")],
        ["left"])
    {
        Remotes = [new("left") { Password = "600000$c2FsdA==$aGFzaA==", ViewOnly = true }],
    };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_saved_should_be_remembered_and_nothing_else_be_left_in_the_folder()
    {
        var file = new MemoryFile(_scratch.Path);
        file.Save(Memory.Empty);
        file.Save(Something);
        Assert.Equal((Something, null), new MemoryFile(_scratch.Path).Load());
        Assert.Equal([file.Path], Directory.GetFiles(_scratch.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.Path));
    }

    [Fact]
    public void Where_nothing_was_saved_nothing_should_be_remembered_and_nothing_be_wrong() =>
        Assert.Equal((null, null), new MemoryFile(_scratch["missing"]).Load());

    [Theory]
    [InlineData("seat1", "seat2")]
    [InlineData("{", "")]
    [InlineData("\n", "")]
    public void A_damaged_file_should_be_set_aside_with_a_message(string good, string bad)
    {
        var file = new MemoryFile(_scratch.Path);
        file.Save(Something);
        File.WriteAllText(file.Path, File.ReadAllText(file.Path).Replace(good, bad, StringComparison.Ordinal));
        var damaged = File.ReadAllText(file.Path);
        var (memory, problem) = file.Load();
        Assert.Null(memory);
        Assert.Contains($"set aside as {file.Path}.damaged", problem, StringComparison.Ordinal);
        Assert.Equal(damaged, File.ReadAllText(file.Path + ".damaged"));
        Assert.False(File.Exists(file.Path));
    }

    [Fact]
    public void A_file_cut_short_anywhere_should_be_taken_for_damaged_and_never_for_less()
    {
        var file = new MemoryFile(_scratch.Path);
        file.Save(Something);
        var whole = File.ReadAllText(file.Path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllText(file.Path, whole[..length]);
            Assert.Null(file.Load().Memory);
        }
    }
}
