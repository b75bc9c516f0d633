using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Phyllome.Seats;

/// <summary>The words that an enumeration's values have in JSON, on the bus, in the configuration and for people.</summary>
public static class EnumWords
{
    /// <summary>In the order of the declaration.</summary>
    public static IReadOnlyList<(string Word, T Value)> All<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>() where T : struct, Enum =>
        Read<T>.Words;

    public static string Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T>(T value) where T : struct, Enum =>
        Read<T>.Words.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Word;

    /// <summary>Reflected once: a status with many devices asks for thousands.</summary>
    private static class Read<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields)] T> where T : struct, Enum
    {
        internal static readonly (string Word, T Value)[] Words =
        [
            .. typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => (field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name, (T)field.GetValue(null)!)),
        ];
    }
}
