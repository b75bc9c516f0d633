namespace Phyllome.Seats.Linux.Systemd;

/// <summary>An interface of an exported object: what introspection tells of it, and what answers.</summary>
public sealed record BusInterface(
    string Name, IReadOnlyList<BusMethod> Methods, IReadOnlyList<BusProperty> Properties, IReadOnlyList<BusSignal> Signals);

/// <summary>A value's name and D-Bus signature of one complete type.</summary>
public readonly record struct BusParameter(string Name, string Signature);

/// <summary>Answers a method call. Runs on the bus's thread: it reads its arguments and goes on elsewhere.</summary>
/// <returns>What writes the answer. A <see cref="BusException"/> becomes the error of its name; any other, <see cref="BusErrors.Failed"/>.</returns>
public delegate Task<WriteBody?> AnswerCall(BusCaller caller, MessageReader arguments);

/// <summary>Who called.</summary>
/// <param name="Sender">Its unique name, as the bus vouches for it; null on a connection without a bus.</param>
/// <param name="AllowInteraction">Whether the caller lets it be asked for a password.</param>
public sealed record BusCaller(string? Sender, bool AllowInteraction);

public sealed record BusMethod(string Name, IReadOnlyList<BusParameter> Arguments, IReadOnlyList<BusParameter> Results, AnswerCall Answer);

/// <param name="Write">Writes the value, on the bus's thread.</param>
/// <param name="Changes">Whether a change is told by PropertiesChanged; otherwise the value never changes.</param>
public sealed record BusProperty(string Name, string Signature, WriteBody Write, bool Changes = true);

public sealed record BusSignal(string Name, IReadOnlyList<BusParameter> Values);
