using System.Text.Json.Serialization;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Configuration;

/// <summary>What <c>/etc/phyllome/seats.toml</c> asks for, checked.</summary>
public sealed record SeatsConfiguration(HostWish Host, Hotkeys Hotkeys, ValueList<SeatWish> Seats)
{
    /// <summary>The seats in force with no file: none are configured. Hotkeys have their defaults.</summary>
    public static SeatsConfiguration Default { get; } = new(new([], null), DefaultHotkeys, []);

    /// <summary>What is wished of single guests.</summary>
    public ValueList<GuestWish> Guests { get; init; } = [];

    /// <summary>What a keyboard and a display without a seat get.</summary>
    public SpawnWish Spawn { get; init; } = SpawnWish.Default;

    /// <summary>What guests can be made of.</summary>
    public ValueList<TemplateWish> Templates { get; init; } = [];

    /// <summary>The file that it was read from, for messages.</summary>
    public string File { get; init; } = "/etc/phyllome/seats.toml";

    /// <summary>
    /// The remote display of a guest: that of the seat that it starts for, else of the first that reaches it, since the guest is seen there when it
    /// has that seat's focus. Null for none.
    /// </summary>
    public RemoteWish? RemoteOf(string guest, SeatWish? startsFor) =>
        startsFor?.Remote ?? Seats.FirstOrDefault(seat => seat.Remote is not null && seat.Guests.Contains(guest))?.Remote;

    /// <summary>leftctrl+rightctrl, leftmeta+tab, leftmeta+leftshift+tab, leftmeta+f1 (linux/input-event-codes.h).</summary>
    public static Hotkeys DefaultHotkeys => new([29, 97], [125, 15], [125, 42, 15], [125, 59]);
}

/// <param name="Keep">Selectors of what never leaves the host.</param>
/// <param name="Display">Selector of the host's display; null for the one that showed the boot.</param>
public sealed record HostWish(ValueList<Selector> Keep, Selector? Display)
{
    public NewDevices NewDevices { get; init; }

    /// <summary>Name of the seat whose reach includes the host; null for none.</summary>
    public string? Seat { get; init; }

    /// <summary>Where each of <see cref="Keep"/> stands.</summary>
    public ValueList<Place> KeepAt { get; init; } = [];

    /// <summary>How long the router waits for a manager before it gives all devices back; null: for ever.</summary>
    public TimeSpan? ReleaseOnStall { get; init; }

    /// <summary>Whether the guests of seats get processors of their own.</summary>
    public bool Pinning { get; init; } = true;
}

/// <summary>What becomes of a device that was never seen before.</summary>
public enum NewDevices
{
    /// <summary>It can be used at once.</summary>
    [JsonStringEnumMemberName("accept")] Accept,
    /// <summary>It is held until <c>seatctl assign</c> says whose it is.</summary>
    [JsonStringEnumMemberName("confirm")] Confirm,
    /// <summary>It is held; only the configuration lets it in.</summary>
    [JsonStringEnumMemberName("deny")] Deny,
}

/// <summary>Whether seats form by themselves.</summary>
public enum SpawnMode
{
    /// <summary>Where there is exactly one way to do it.</summary>
    [JsonStringEnumMemberName("auto")] Auto,
    /// <summary>When somebody says which.</summary>
    [JsonStringEnumMemberName("ask")] Ask,
    [JsonStringEnumMemberName("off")] Off,
}

/// <summary>What becomes of a seat's guest when nobody has sat at the seat for as long as guests linger.</summary>
public enum WhenAway
{
    /// <summary>It runs on.</summary>
    [JsonStringEnumMemberName("keep")] Keep,
    /// <summary>Its state is saved, and it goes on from there when somebody sits down.</summary>
    [JsonStringEnumMemberName("save")] Save,
    /// <summary>It is asked to shut down, and started when somebody sits down.</summary>
    [JsonStringEnumMemberName("shut-down")] ShutDown,
}

/// <param name="Template">What is cloned for a seat; null for the only machine that is off.</param>
/// <param name="Linger">How long nobody has to sit at a seat before its guest is not kept any more.</param>
public sealed record SpawnWish(SpawnMode Mode, TemplateWish? Template, TimeSpan Linger)
{
    /// <summary>Of the seats that form by themselves.</summary>
    public WhenAway Away { get; init; } = WhenAway.ShutDown;

    public static SpawnWish Default { get; } = new(SpawnMode.Auto, null, TimeSpan.FromMinutes(10));
}

/// <summary>A <c>[template.NAME]</c> table.</summary>
public sealed record TemplateWish(string Name, SeatClone CloneOf);

/// <summary>A seat's guest that is made for it.</summary>
/// <param name="Base">Name of the libvirt domain that it is a clone of.</param>
/// <param name="Persistent">Whether it is kept; else it is discarded when it is off and nobody sits at its seat.</param>
public sealed record SeatClone(string Base, bool Persistent);

/// <summary>A <c>[[seat]]</c> entry.</summary>
/// <param name="Guests">Names of libvirt domains in reach; the first is the seat's own.</param>
/// <param name="Gpu">PCI address of a GPU to pass through, or the UUID of a mediated device; null for virtio, and for a <see cref="GpuPick"/> until <see cref="Planning.GpuChoice"/> has found it.</param>
/// <param name="Where">Where the entry stands, for messages that can only be made once devices and guests are known.</param>
public sealed record SeatWish(
    string Name, ValueList<string> Guests, ValueList<Selector> Devices, ValueList<Selector> Displays, string? Gpu, string? Owner, SeatPlaces Where)
{
    /// <summary>What the display is called that is seen from elsewhere.</summary>
    public const string RemoteDisplay = "remote";

    /// <summary>Codes of the keys that go to the host whatever the seat's focus is.</summary>
    public ValueList<ushort> HostKeys { get; init; } = [];

    /// <summary>Whether it stands in no file: it formed by itself, or was made with <c>seatctl seat add</c>.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>What becomes of its guest when nobody sits there for long.</summary>
    public WhenAway Away { get; init; }

    /// <summary>Whether its guest is started only for somebody who sits there.</summary>
    public bool AwaitsSomebody => IsRemembered || Away != WhenAway.Keep;

    /// <summary>How its guest is made; null for a machine that its owner made.</summary>
    public SeatClone? CloneOf { get; init; }

    /// <summary>How its card is named where that is not by its address.</summary>
    public GpuPick? GpuPick { get; init; }

    /// <summary>Its display <c>remote</c>; null where it has none.</summary>
    public RemoteWish? Remote { get; init; }

    /// <summary>How its monitors stand; parallel to <see cref="Displays"/>, or empty where all are upright.</summary>
    public ValueList<Rotation> Rotations { get; init; } = [];

    /// <summary>How one of its monitors stands.</summary>
    public Rotation RotationOf(Display display) =>
        Displays.Zip(Rotations).Where(one => SelectorMatch.Matches(one.First, display)).Select(one => one.Second).FirstOrDefault();
}

/// <summary>A <c>[guest.NAME]</c> table.</summary>
/// <param name="Name">Name of the libvirt domain.</param>
/// <param name="Profile">Null where it is to be found.</param>
/// <param name="Input">Null for the profile's own.</param>
public sealed record GuestWish(string Name, GuestProfile? Profile, InputBus? Input)
{
    /// <summary>Whether it gets processors of its own at a seat.</summary>
    public bool Pinning { get; init; } = true;
}

/// <summary>Line and column of a value, both from 1.</summary>
public readonly record struct Place(int Line, int Column);

/// <summary>Where the parts of a <c>[[seat]]</c> entry stand; the lists are parallel to those of the <see cref="SeatWish"/>.</summary>
public sealed record SeatPlaces(Place Entry, ValueList<Place> Guests, ValueList<Place> Devices, ValueList<Place> Displays, Place? Gpu)
{
    /// <summary>Of a seat that stands in no file.</summary>
    public static SeatPlaces Nowhere { get; } = new(default, [], [], [], null);
}
