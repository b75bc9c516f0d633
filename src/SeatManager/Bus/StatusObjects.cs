using Phyllome.Seats.Linux.Systemd;

namespace Phyllome.Seats.SeatManager.Bus;

/// <summary>A property that follows a part of the status.</summary>
/// <param name="Value">What is compared to know whether it changed.</param>
internal sealed record StatusProperty<T>(string Name, string Signature, Action<MessageWriter, T> Write, Func<T, object> Value)
{
    /// <summary>A string; what is null is empty.</summary>
    public static StatusProperty<T> Text(string name, Func<T, string?> value) => new(name, "s", (body, part) => body.Write(value(part) ?? ""), part => value(part) ?? "");

    public static StatusProperty<T> Truth(string name, Func<T, bool> value) => new(name, "b", (body, part) => body.Write(value(part)), part => value(part));

    public static StatusProperty<T> Number(string name, Func<T, uint> value) => new(name, "u", (body, part) => body.Write(value(part)), part => value(part));

    /// <summary>A list of strings.</summary>
    public static StatusProperty<T> Texts(string name, Func<T, ValueList<string>> value) => new(name, "as", (body, part) => body.Write(value(part)), part => value(part));
}

/// <summary>A part of the status on the bus.</summary>
internal sealed class StatusObject<T>(BusConnection bus, string path, string @interface, IReadOnlyList<StatusProperty<T>> properties, T first) : IAsyncDisposable
    where T : class
{
    private volatile T _status = first;
    private BusRegistration? _registration;

    /// <summary>The newest.</summary>
    public T Status => _status;

    public async Task ExportAsync(IReadOnlyList<BusMethod> methods) => _registration = await bus.ExportAsync(
        path,
        new(@interface, methods, [.. properties.Select(property => new BusProperty(property.Name, property.Signature, body => property.Write(body, _status)))], []),
        announce: true).ConfigureAwait(false);

    /// <summary>Takes the new status and tells what changed in it.</summary>
    public async Task ShowAsync(T status)
    {
        var before = _status;
        _status = status;
        var changed = properties.Where(property => !property.Value(before).Equals(property.Value(status))).Select(property => property.Name).ToList();
        if (changed.Count > 0)
            await bus.EmitPropertiesChangedAsync(path, @interface, changed).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _registration?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>The objects of all parts of one kind.</summary>
/// <param name="methods">Of a part's object.</param>
internal sealed class StatusObjects<T>(
    BusConnection bus, string @interface, IReadOnlyList<StatusProperty<T>> properties, Func<T, string> pathOf, Func<StatusObject<T>, IReadOnlyList<BusMethod>> methods)
    where T : class
{
    private readonly Dictionary<string, StatusObject<T>> _shown = new(StringComparer.Ordinal);

    /// <summary>Makes the objects those of these parts. Of two at one path the first is shown.</summary>
    public async Task ShowAsync(IEnumerable<T> parts)
    {
        var now = parts.DistinctBy(pathOf).ToDictionary(pathOf, StringComparer.Ordinal);
        foreach (var gone in _shown.Keys.Except(now.Keys).ToList())
        {
            await _shown[gone].DisposeAsync().ConfigureAwait(false);
            _shown.Remove(gone);
        }
        foreach (var (path, part) in now)
        {
            if (_shown.TryGetValue(path, out var shown))
            {
                await shown.ShowAsync(part).ConfigureAwait(false);
                continue;
            }
            var made = new StatusObject<T>(bus, path, @interface, properties, part);
            await made.ExportAsync(methods(made)).ConfigureAwait(false);
            _shown[path] = made;
        }
    }
}
