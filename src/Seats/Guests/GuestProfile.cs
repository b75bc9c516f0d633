using System.Text.Json.Serialization;

namespace Phyllome.Seats.Guests;

/// <summary>The system that a guest runs, as far as it matters to how it is run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GuestProfile>))]
public enum GuestProfile
{
    /// <summary>Any other, and one that is not known.</summary>
    [JsonStringEnumMemberName("generic")] Generic,
    [JsonStringEnumMemberName("linux")] Linux,
    /// <summary>Windows Vista to 10, and the servers.</summary>
    [JsonStringEnumMemberName("windows-10")] Windows10,
    [JsonStringEnumMemberName("windows-11")] Windows11,
    [JsonStringEnumMemberName("macos")] MacOS,
}

/// <summary>By which device of the machine a guest gets its seat's keyboard and pointer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InputBus>))]
public enum InputBus
{
    /// <summary>A virtio pointer, and the PS/2 keyboard.</summary>
    [JsonStringEnumMemberName("virtio")] Virtio,
    /// <summary>A USB mouse and a USB keyboard.</summary>
    [JsonStringEnumMemberName("usb")] Usb,
    /// <summary>The PS/2 mouse and keyboard of the machine.</summary>
    [JsonStringEnumMemberName("ps2")] Ps2,
}
