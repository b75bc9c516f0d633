using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Routing;
using Xunit;

namespace Phyllome.Seats.InputRouter.Tests;

/// <summary>'Press a key on the keyboard in front of this screen': what is told of the keys, and what is not.</summary>
public sealed class QuestionTests
{
    private readonly Board _board = Board.WithThreeGuests();

    public QuestionTests()
    {
        _board.AddSource(7);
        _board.AddSource(8);
    }

    [Fact]
    public void The_first_key_or_button_of_each_source_that_is_asked_should_be_its_answer_and_no_later_one()
    {
        Ask([7, 8]);
        Assert.Equal("7 answers", Answers("+a -a +s", 7));
        Assert.Equal("", Answers("-s +a", 7));
        Assert.Equal("8 answers", Answers("+left -left", 8));
    }

    [Fact]
    public void A_mouse_that_moves_and_a_key_that_repeats_or_goes_up_should_be_no_answer()
    {
        _board.Type("+a", 7);
        Ask([7]);
        Assert.Equal("", Answers("=a x5 -a", 7));
    }

    [Fact]
    public void A_source_that_is_not_asked_should_not_answer_nor_one_when_nobody_asks_any_more()
    {
        Ask([7]);
        Assert.Equal("", Answers("+a -a", 8));
        Ask([]);
        Assert.Equal("", Answers("+a -a", 7));
    }

    [Theory]
    [InlineData("4827", 0)]
    [InlineData("9534", 1)]
    [InlineData("44827", 0)]
    [InlineData("482 4827", 0)]
    [InlineData("95 a 34 9534", 1)]
    [InlineData("4 leftshift 8 leftshift 27", 0)]
    [InlineData("kp4 kp8 kp2 kp7", 0)]
    [InlineData("9 kp5 3 kp4", 1)]
    [InlineData("4a827", null)]
    [InlineData("482", null)]
    [InlineData("7284", null)]
    public void A_code_should_count_when_it_is_typed_whole_and_without_another_key_in_it(string typed, int? place)
    {
        Ask([7], "4827", "9534");
        Assert.Equal(place is null ? "7 answers" : $"7 answers, 7 types code {place}", Answers(Keys(typed), 7));
    }

    [Theory]
    [InlineData("2232")]
    [InlineData("2323")]
    [InlineData("2223")]
    public void A_code_should_be_found_in_whatever_digits_it_begins_anew(string code)
    {
        foreach (var before in (string[])["", "2", "22", "23", "223", "232", "2322", "22322", "3"])
        {
            Ask([7], code);
            var text = before + code;
            // The first time that it ends, and not before.
            var first = text.IndexOf(code, StringComparison.Ordinal) + code.Length;
            Assert.DoesNotContain("code", Answers(Keys(text[..(first - 1)]), 7), StringComparison.Ordinal);
            Assert.Contains("7 types code 0", Answers(Keys(text[(first - 1)..first]), 7), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Digits_of_two_keyboards_should_make_no_code_together()
    {
        Ask([7, 8], "4827");
        Assert.Equal("7 answers, 8 answers", $"{Answers(Keys("48"), 7)}, {Answers(Keys("27"), 8)}");
        Assert.Equal("7 types code 0", Answers(Keys("27"), 7));
    }

    [Fact]
    public void A_source_that_guesses_should_not_be_listened_to_after_some_keys()
    {
        Ask([7, 8], "4827");
        Assert.Equal("7 answers", Answers(Keys(string.Concat(Enumerable.Repeat("3", 32))), 7));
        Assert.Equal("", Answers(Keys("4827"), 7));
        Assert.Equal("8 answers, 8 types code 0", Answers(Keys(string.Concat(Enumerable.Repeat("3", 28)) + "4827"), 8));
    }

    [Fact]
    public void A_second_code_of_a_source_should_count_for_nothing_until_it_is_asked_anew()
    {
        Ask([7], "4827", "9534");
        Answers(Keys("4827"), 7);
        Assert.Equal("", Answers(Keys("9534"), 7));
        Ask([7], "4827", "9534");
        Assert.Equal("7 answers, 7 types code 1", Answers(Keys("9534"), 7));
    }

    [Fact]
    public void A_source_of_a_seat_should_answer_only_while_the_host_is_its_focus()
    {
        _board.AddGuest('h');
        _board.Switchboard.SetSeat("left", new([1, 2], [Board.Guest('a'), Board.Guest('h')]));
        _board.Switchboard.SetFocus("left", Board.Guest('a'));
        Ask([1]);
        Assert.Equal("", Answers("+a -a", 1));
        _board.Switchboard.SetFocus("left", Board.Guest('h'));
        Assert.Equal("1 answers", Answers("+a -a", 1));
        Assert.Equal("+a | -a |", _board.Got('h'));
    }

    [Fact]
    public void The_router_should_tell_every_manager_and_name_no_key()
    {
        using var router = new RouterFixture();
        using var keyboard = router.GiveSource(1);
        router.Order(id => new AskSources(id, 5, [1], ["4827", "9534"]));
        InputEvent end = new(1, 2, InputCodes.EV_SYN, InputCodes.SYN_REPORT, 0);
        foreach (ushort key in (ushort[])[10, 6, 4, 5])
            RouterFixture.Write(keyboard, new(1, 2, InputCodes.EV_KEY, key, 1), end, new(1, 2, InputCodes.EV_KEY, key, 0), end);
        Assert.Equal(new SourceAnswered(5, 1), router.Next());
        Assert.Equal(new CodeTyped(5, 1, 1), router.Next());
    }

    [Theory]
    [InlineData("")]
    [InlineData("4821")]
    [InlineData("48é7")]
    [InlineData("482", "4827")]
    [InlineData("4827", "4827")]
    public void What_is_no_code_or_could_not_be_told_from_another_should_be_refused(params string[] codes)
    {
        using var router = new RouterFixture();
        Assert.Equal(RouterError.BadPacket, Assert.IsType<RouterReply>(router.Ask(id => new AskSources(id, 5, [1], [.. codes]))).Error);
    }

    private void Ask(ValueList<int> sources, params string[] codes) => _board.Switchboard.Ask(1, sources, [.. codes]);

    /// <summary>What is told when this is typed.</summary>
    private string Answers(string line, int input)
    {
        _board.Type(line, input);
        return string.Join(", ", _board.Switchboard.TakeAnswers().Select(answer => answer switch
        {
            SourceAnswered one => $"{one.Input} answers",
            CodeTyped one => $"{one.Input} types code {one.Index}",
            _ => throw new InvalidOperationException($"{answer} is no answer"),
        }));
    }

    /// <summary>Each key of a word of digits, or the key that the word names, goes down and up.</summary>
    private static string Keys(string text) => string.Join(' ', text.Split(' ')
        .SelectMany(word => word.All(letter => char.IsAsciiDigit(letter) || letter == 'a') ? word.Select(letter => letter.ToString()) : [word])
        .Select(key => $"+{key} -{key}"));
}
