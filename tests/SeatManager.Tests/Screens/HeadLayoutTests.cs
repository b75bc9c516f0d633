using Phyllome.Seats.SeatManager.Screens;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Screens;

public sealed class HeadLayoutTests
{
    private static readonly HeadMonitor Wide = new(1920, 1080, 520, 290), Tall = new(1024, 1280, 300, 375);

    [Fact]
    public void Monitors_should_stand_beside_each_other_in_the_order_of_the_screens_and_the_others_be_off()
    {
        var layout = new HeadLayout(3);
        layout.SetOn([0, 1]);
        // The others may come in any order, and are told when they are known.
        layout.SetMonitor(1, Wide);
        Assert.Equal([new(1, 0, Wide), new HeadTold(2, 0, default)], Tell(layout));
        layout.SetMonitor(0, Tall);
        Assert.Equal([new(0, 0, Tall), new HeadTold(1, 1024, Wide)], Tell(layout));
        Assert.Empty(Tell(layout));
    }

    [Fact]
    public void One_that_is_gone_should_be_off_and_what_is_left_close_up_and_be_back_as_it_was()
    {
        var layout = new HeadLayout(2);
        layout.SetOn([0, 1]);
        layout.SetMonitor(0, Wide);
        layout.SetMonitor(1, Tall);
        Assert.Equal([new(0, 0, Wide), new HeadTold(1, 1920, Tall)], Tell(layout));
        layout.SetOn([1]);
        Assert.Equal([new(0, 0, default), new HeadTold(1, 0, Tall)], Tell(layout));
        layout.SetOn([0, 1]);
        Assert.Equal([new(0, 0, Wide), new HeadTold(1, 1920, Tall)], Tell(layout));
        // Turned on its side, say.
        layout.SetMonitor(0, new(1080, 1920, 290, 520));
        Assert.Equal([new(0, 0, new(1080, 1920, 290, 520)), new HeadTold(1, 1080, Tall)], Tell(layout));
    }

    [Fact]
    public void What_could_not_be_told_should_be_due_still()
    {
        var layout = new HeadLayout(1);
        layout.SetOn([0]);
        layout.SetMonitor(0, Wide);
        Assert.Equal(layout.Due(), layout.Due());
        Assert.Single(Tell(layout));
    }

    private static List<HeadTold> Tell(HeadLayout layout)
    {
        var due = layout.Due().ToList();
        due.ForEach(layout.Told);
        return due;
    }
}
