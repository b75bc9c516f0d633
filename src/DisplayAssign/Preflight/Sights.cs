using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>What libvirt says.</summary>
/// <param name="Version">Null where it was not reached.</param>
/// <param name="Problem">Why it was not reached, a sentence; null where it was.</param>
public sealed record LibvirtSight(string? Version, ValueList<GuestSight> Guests, string? Problem);

/// <param name="Memory">The most that it may have, KiB.</param>
public sealed record GuestSight(string Name, bool Running, long Memory);

/// <summary>What the configuration file says.</summary>
/// <param name="Wanted">Null where it has a fault; that of no file is <see cref="SeatsConfiguration.Default"/>.</param>
/// <param name="Faults">The file's errors and warnings, as <c>file:line:column: sentence</c>.</param>
public sealed record ConfigurationSight(SeatsConfiguration? Wanted, ValueList<string> Faults);
