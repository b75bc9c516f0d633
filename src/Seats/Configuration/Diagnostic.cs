namespace Phyllome.Seats.Configuration;

/// <summary>Whether a file with that fault can be in force.</summary>
public enum Severity
{
    /// <summary>It cannot, as far as the fault reaches.</summary>
    Error,
    /// <summary>It can, but is not all that its writer may think.</summary>
    Warning,
}

/// <summary>A fault in the configuration: where, what, and what to do.</summary>
/// <param name="Place">Null where no line is at fault (the file can't be read).</param>
public sealed record Diagnostic(string File, Place? Place, string Sentence, Severity Severity = Severity.Error)
{
    /// <summary><c>file:line:column: sentence</c>, as editors and compilers write it; a warning has the word before its sentence.</summary>
    public override string ToString()
    {
        var sentence = Severity == Severity.Warning ? $"warning: {Sentence}" : Sentence;
        return Place is { } place ? $"{File}:{place.Line}:{place.Column}: {sentence}" : $"{File}: {sentence}";
    }
}
