using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>Something that happens to a machine, between two looks of the manager.</summary>
internal abstract record Happening;

internal sealed record Plug(Device Device) : Happening;

internal sealed record Unplug(string Device) : Happening;

/// <summary>Its owner defines, starts or pauses it by hand.</summary>
internal sealed record GuestChanges(Guest Guest) : Happening;

/// <summary>It shuts itself down, or is destroyed.</summary>
internal sealed record GuestEnds(string Guest) : Happening;

internal sealed record GuestIsUndefined(string Guest) : Happening;

internal sealed record Libvirt(bool IsThere) : Happening;

internal sealed record RouterRestarts : Happening;

internal sealed record ManagerRestarts : Happening;

/// <summary>After so many steps of its next plan, in whatever order the seats take theirs.</summary>
internal sealed record ManagerCrashes(int Steps) : Happening;

/// <summary>One in so many steps of the next plans fails.</summary>
internal sealed record StepsFail(int OneIn) : Happening;

internal sealed record Configure(SeatsConfiguration Wanted) : Happening;

/// <param name="Seed">Of the orders in which things are found and seats come to their steps.</param>
internal sealed record History(int Seed, ValueList<Happening> Happenings);
