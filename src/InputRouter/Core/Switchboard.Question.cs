using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>Which source answers, while somebody is asked to press a key.</summary>
internal sealed partial class Switchboard
{
    private Question? _question;

    /// <summary>Asks these sources from now on, and no others.</summary>
    /// <param name="number">Goes with each answer.</param>
    /// <param name="sources">None: nobody is asked any more.</param>
    public void Ask(long number, ValueList<int> sources, ValueList<string> codes) => _question = sources.Count > 0 ? new(number, sources, codes) : null;

    /// <summary>Who has answered since this was last asked.</summary>
    public IEnumerable<RouterMessage> TakeAnswers() => _question?.TakeNews() ?? [];

    /// <summary>A seat's keys are its guest's, and no answer to anybody.</summary>
    private void Answer(Source source, int code)
    {
        if (_question is { } question && (source.Seat is not { Focus: { } focus } || focus.Id == HostReach.Id))
            HasNews |= question.Press(source.Input, code);
    }
}
