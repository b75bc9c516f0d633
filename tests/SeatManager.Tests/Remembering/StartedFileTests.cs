using Phyllome.Seats.SeatManager.Remembering;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Remembering;

public sealed class StartedFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_saved_should_be_loaded_and_without_a_file_there_is_nothing()
    {
        Assert.Empty(new StartedFile(_scratch.Path).Load());
        ValueList<Guid> guests = [.. new[] { Guid.NewGuid(), Guid.NewGuid() }.Order()];
        new StartedFile(_scratch.Path).Save(guests);
        Assert.Equal(guests, new StartedFile(_scratch.Path).Load());
    }

    [Fact]
    public void Lines_that_are_no_guest_should_be_passed_over()
    {
        File.WriteAllText(_scratch["started"], "nonsense\n\n");
        Assert.Empty(new StartedFile(_scratch.Path).Load());
    }
}
