using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;

namespace Phyllome.Seats.Planning;

/// <summary>A <see cref="Memory"/> as it is kept: a line with the SHA-256 of the rest, then JSON.</summary>
public static class MemoryText
{
    /// <summary>Its name in the manager's state directory.</summary>
    public const string FileName = "memory";

    /// <summary>Fails with a <see cref="JsonException"/> where the text is damaged.</summary>
    public static Memory Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || text[..end] != Checksum(text[(end + 1)..]))
            throw new JsonException("its checksum is not that of its content");
        return JsonSerializer.Deserialize(text[(end + 1)..], MemoryJson.Default.Memory) ?? throw new JsonException("it is null");
    }

    public static string Of(Memory memory)
    {
        var json = JsonSerializer.Serialize(memory, MemoryJson.Default.Memory) + "\n";
        return $"{Checksum(json)}\n{json}";
    }

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(ValueListConverter<RememberedSeat>), typeof(ValueListConverter<RememberedDevice>), typeof(ValueListConverter<DeviceKey>),
        typeof(ValueListConverter<RememberedDisplay>), typeof(ValueListConverter<RememberedRemote>), typeof(ValueListConverter<string>),
    ])]
[JsonSerializable(typeof(Memory))]
[JsonSerializable(typeof(RememberedSeat))]
[JsonSerializable(typeof(SeatClone))]
[JsonSerializable(typeof(RememberedDevice))]
[JsonSerializable(typeof(DeviceKey))]
[JsonSerializable(typeof(RememberedDisplay))]
[JsonSerializable(typeof(RememberedRemote))]
[JsonSerializable(typeof(string))]
internal sealed partial class MemoryJson : JsonSerializerContext;
