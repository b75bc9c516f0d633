using Phyllome.Seats.Routing;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>
/// Asks some sources for a key: which of them answers, and which of some codes was typed whole on it. What else was typed is known to nobody
/// afterwards, and of a code only its place. A key that goes down costs a look-up and nothing on the heap.
/// </summary>
internal sealed class Question
{
    /// <summary>So many keys that are none of a code's, or digits in vain, and a source is no longer listened to: whoever guesses has no more than these.</summary>
    private const int MostKeys = 32;

    private static readonly KeySet Modifiers = Of(29, 42, 54, 56, 58, 69, 97, 100, 125, 126);

    private readonly long _number;
    private readonly Dictionary<int, Answer> _answers = [];
    private readonly byte[][] _codes;

    /// <summary>Of each code: how much of it is typed already by the first so many digits of it, were they not its beginning.</summary>
    private readonly byte[][] _again;

    /// <param name="number">Goes with each answer.</param>
    /// <param name="codes">As <see cref="AskSources.AreCodes"/> says; none where any key will do.</param>
    public Question(long number, IEnumerable<int> sources, IEnumerable<string> codes)
    {
        _number = number;
        _codes = [.. codes.Select(code => code.Select(digit => (byte)(digit - '0')).ToArray())];
        _again = [.. _codes.Select(Again)];
        foreach (var source in sources)
            _answers.TryAdd(source, new(_codes.Length));
    }

    private sealed class Answer(int codes)
    {
        /// <summary>How many digits of each code were typed last.</summary>
        public byte[] Typed { get; } = new byte[codes];

        /// <summary>Keys that went down, up to <see cref="MostKeys"/>.</summary>
        public int Keys { get; set; }

        public bool HasAnswered { get; set; }

        public bool IsToldToHaveAnswered { get; set; }

        /// <summary>-1: none yet.</summary>
        public int Code { get; set; } = -1;

        public bool IsToldOfCode { get; set; }
    }

    /// <summary>A key or button goes down on a source.</summary>
    /// <returns>Whether there is something to tell.</returns>
    public bool Press(int source, int key)
    {
        if (!_answers.TryGetValue(source, out var answer))
            return false;
        var news = !answer.HasAnswered;
        answer.HasAnswered = true;
        if (answer.Code >= 0 || answer.Keys == MostKeys || Modifiers.Has(key))
            return news;
        answer.Keys++;
        var digit = Digit(key);
        for (var i = 0; i < _codes.Length; i++)
        {
            var (code, typed) = (_codes[i], answer.Typed[i]);
            while (typed > 0 && code[typed] != digit)
                typed = _again[i][typed - 1];
            answer.Typed[i] = code[typed] == digit ? ++typed : typed;
            if (typed < code.Length)
                continue;
            answer.Code = i;
            return true;
        }

        return news;
    }

    /// <summary>What is new since this was last asked: each source answers once, and types one code.</summary>
    public IEnumerable<RouterMessage> TakeNews()
    {
        foreach (var (source, answer) in _answers)
        {
            if (answer is { HasAnswered: true, IsToldToHaveAnswered: false })
            {
                answer.IsToldToHaveAnswered = true;
                yield return new SourceAnswered(_number, source);
            }

            if (answer is { Code: >= 0, IsToldOfCode: false })
            {
                answer.IsToldOfCode = true;
                yield return new CodeTyped(_number, source, answer.Code);
            }
        }
    }

    /// <summary>KEY_2 to KEY_9, and those of the keypad; 0 for any other.</summary>
    private static int Digit(int key) => key switch
    {
        >= 3 and <= 10 => key - 1,
        80 => 2,
        81 => 3,
        75 => 4,
        76 => 5,
        77 => 6,
        71 => 7,
        72 => 8,
        73 => 9,
        _ => 0,
    };

    /// <summary>After so many digits of a code: the longest beginning of it, other than all of them, that they end with.</summary>
    private static byte[] Again(byte[] code)
    {
        var again = new byte[code.Length];
        for (var i = 1; i < code.Length; i++)
        {
            var same = again[i - 1];
            while (same > 0 && code[same] != code[i])
                same = again[same - 1];
            again[i] = code[same] == code[i] ? ++same : same;
        }

        return again;
    }

    private static KeySet Of(params ReadOnlySpan<int> keys)
    {
        var set = default(KeySet);
        foreach (var key in keys)
            set.Add(key);
        return set;
    }
}
