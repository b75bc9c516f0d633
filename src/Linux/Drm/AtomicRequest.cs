namespace Phyllome.Seats.Linux.Drm;

/// <summary>DRM_MODE_ATOMIC_* and DRM_MODE_PAGE_FLIP_EVENT.</summary>
[Flags]
public enum AtomicFlags : uint
{
    None = 0,
    /// <summary>An event is readable when it is on the screen.</summary>
    PageFlipEvent = 0x1,
    TestOnly = 0x100,
    NonBlocking = 0x200,
    AllowModeset = 0x400,
}

/// <summary>Properties to be changed at once. The newest value of a property counts.</summary>
public sealed class AtomicRequest
{
    // The kernel wants the properties of one object beside each other, the objects in any order.
    private readonly SortedDictionary<uint, SortedDictionary<uint, ulong>> _objects = [];

    public bool IsEmpty => _objects.Count == 0;

    public AtomicRequest Set(uint @object, uint property, ulong value)
    {
        if (!_objects.TryGetValue(@object, out var properties))
            _objects[@object] = properties = [];
        properties[property] = value;
        return this;
    }

    /// <summary>As the kernel reads it: the objects, how many properties each has, then all properties and values in that order.</summary>
    internal (uint[] Objects, uint[] Counts, uint[] Properties, ulong[] Values) ToArrays() => (
        [.. _objects.Keys],
        [.. _objects.Values.Select(properties => (uint)properties.Count)],
        [.. _objects.Values.SelectMany(properties => properties.Keys)],
        [.. _objects.Values.SelectMany(properties => properties.Values)]);
}
