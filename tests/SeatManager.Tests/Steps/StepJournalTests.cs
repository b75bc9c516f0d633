using Microsoft.Extensions.Logging.Abstractions;
using Phyllome.Seats.SeatManager.Steps;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Steps;

public sealed class StepJournalTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_journal_that_is_full_should_be_set_aside()
    {
        var journal = new StepJournal(_scratch.Path, TimeProvider.System, NullLogger.Instance, largest: 100);
        for (var i = 1; i <= 3; i++)
            journal.Write("left", i, "done", $"something that\nis long enough for a line of its own");
        Assert.Contains("left 3 done: something that is long", Assert.Single(File.ReadAllLines(journal.File)), StringComparison.Ordinal);
        Assert.Contains("left 2 ", Assert.Single(File.ReadAllLines(journal.File + ".1")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_should_stop_nothing()
    {
        new StepJournal(_scratch["missing"], TimeProvider.System, NullLogger.Instance).Write("left", 1, "done", "something");
        Assert.False(Directory.Exists(_scratch["missing"]));
    }
}
