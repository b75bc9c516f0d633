using Phyllome.Seats.Presenting;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.Tests.Status;

public sealed class SeatNoticesShould
{
    [Fact]
    public void Say_where_the_focus_has_moved_on_the_screen_of_that_seat_alone() => Assert.Equal(
        [("left", new ShowNotice(["You are now in: work"], false))],
        SeatNotices.Between(Status(Seat("left", "windows"), Seat("right", "games")), Status(Seat("left", "work"), Seat("right", "games"))));

    [Fact]
    public void Call_the_host_by_a_word_that_is_no_guests_name() => Assert.Equal(
        [("left", new ShowNotice(["You are now in: the host"], false))], SeatNotices.Between(Status(Seat("left", "windows")), Status(Seat("left", "host"))));

    [Fact]
    public void Be_silent_of_a_seat_that_is_new_or_has_its_first_focus_or_none_any_more()
    {
        Assert.Empty(SeatNotices.Between(Status(), Status(Seat("left", "windows", "It failed."))));
        Assert.Empty(SeatNotices.Between(Status(Seat("left", null)), Status(Seat("left", "windows"))));
        Assert.Empty(SeatNotices.Between(Status(Seat("left", "windows")), Status(Seat("left", null))));
        Assert.Empty(SeatNotices.Between(Status(Seat("left", "windows")), Status()));
    }

    [Fact]
    public void Say_what_went_wrong_since_and_nothing_of_what_was_wrong_before_or_is_mended() => Assert.Equal(
        [("left", new ShowNotice(["Could not do it."], true))],
        SeatNotices.Between(
            Status(Seat("left", "windows", "It was so before."), Seat("right", "games", "It is mended.")),
            Status(Seat("left", "windows", "It was so before.", "Could not do it.", "Nor that."), Seat("right", "games"))));

    [Fact]
    public void Say_both_in_one_notice_since_a_second_one_would_hide_the_first() => Assert.Equal(
        [("left", new ShowNotice(["You are now in: work", "Guest 'windows' has crashed."], true))],
        SeatNotices.Between(Status(Seat("left", "windows")), Status(Seat("left", "work", "Guest 'windows' has crashed."))));

    private static SeatsStatus Status(params SeatStatus[] seats) => SeatsStatus.Empty with { Seats = [.. seats] };

    private static SeatStatus Seat(string name, string? focus, params string[] problems) => new(name, SeatState.Active, null, focus, [], [], [], null, [.. problems]);
}
