namespace Phyllome.Seats.Linux.Systemd;

/// <summary>A method call to another program.</summary>
/// <param name="Destination">Null on a connection without a bus.</param>
/// <param name="Body">Null where the method takes nothing.</param>
public sealed record BusCall(string? Destination, string Path, string Interface, string Member, WriteBody? Body = null)
{
    /// <summary>How long the answer may take; <see cref="Timeout.InfiniteTimeSpan"/> where a person is asked.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Lets the other side ask the user for a password.</summary>
    public bool AllowInteraction { get; init; }
}

/// <summary>Which signals to watch; null is any.</summary>
public sealed record SignalMatch(string? Sender, string? Path, string? Interface, string? Member)
{
    public string? PathNamespace { get; init; }

    /// <summary>The first argument, a string.</summary>
    public string? Argument { get; init; }

    /// <summary>The rule as the bus takes it (D-Bus specification, match rules).</summary>
    internal string Rule => string.Join(',', new[]
    {
        "type='signal'", Part("sender", Sender), Part("path", Path), Part("path_namespace", PathNamespace),
        Part("interface", Interface), Part("member", Member), Part("arg0", Argument),
    }.Where(part => part != null));

    // Within quotes only the quote itself is special, and is written as '\''.
    private static string? Part(string key, string? value) => value == null ? null : $"{key}='{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}

/// <summary>A signal's header.</summary>
public sealed record ReceivedSignal(string? Sender, string Path, string Interface, string Member);

/// <summary>Takes a signal on the bus's thread, and returns at once. What it throws ends the connection.</summary>
public delegate void TakeSignal(ReceivedSignal signal, MessageReader body);
