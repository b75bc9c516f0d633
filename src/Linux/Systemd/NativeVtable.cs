using System.Runtime.InteropServices;
using System.Text;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>A <see cref="BusInterface"/> as the sd_bus_vtable array that sd-bus reads; must outlive the slot that uses it.</summary>
internal sealed unsafe class NativeVtable : IDisposable
{
    private readonly List<nint> _texts = [];
    private sd_bus_vtable* _entries;

    internal NativeVtable(
        BusInterface description,
        delegate* unmanaged[Cdecl]<nint, nint, sd_bus_error*, int> call,
        delegate* unmanaged[Cdecl]<nint, byte*, byte*, byte*, nint, nint, sd_bus_error*, int> get)
    {
        var count = description.Methods.Count + description.Properties.Count + description.Signals.Count + 2;
        // Safety: zeroed, since sd-bus reads unused words of the union; freed in Dispose, after the slot.
        _entries = (sd_bus_vtable*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(sd_bus_vtable));
        var entry = _entries;
        *entry++ = new()
        {
            type_and_flags = '<', x0 = sizeof(sd_bus_vtable), x1 = (nint)SD_BUS_VTABLE_METHOD_PARAM_NAMES, x2 = sd_bus_object_vtable_format,
        };
        // Unprivileged: without it sd-bus refuses whoever is not root or of our user; who may do what is decided by the handlers.
        foreach (var method in description.Methods)
        {
            *entry++ = new()
            {
                type_and_flags = 'M' | SD_BUS_VTABLE_UNPRIVILEGED << 8,
                x0 = Text(method.Name), x1 = Text(Signature(method.Arguments)), x2 = Text(Signature(method.Results)), x3 = (nint)call,
                x5 = Text(Names([.. method.Arguments, .. method.Results])),
            };
        }
        foreach (var property in description.Properties)
        {
            *entry++ = new()
            {
                type_and_flags = 'P' | (property.Changes ? SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE : SD_BUS_VTABLE_PROPERTY_CONST) << 8,
                x0 = Text(property.Name), x1 = Text(property.Signature), x2 = (nint)get,
            };
        }
        foreach (var signal in description.Signals)
            *entry++ = new() { type_and_flags = 'S', x0 = Text(signal.Name), x1 = Text(Signature(signal.Values)), x2 = Text(Names(signal.Values)) };
        *entry = new() { type_and_flags = '>' };
    }

    internal sd_bus_vtable* Entries => _entries;

    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
        foreach (var text in _texts)
            Marshal.FreeCoTaskMem(text);
        _texts.Clear();
    }

    private nint Text(string text)
    {
        var native = Marshal.StringToCoTaskMemUTF8(text);
        _texts.Add(native);
        return native;
    }

    private static string Signature(IEnumerable<BusParameter> parameters) => string.Concat(parameters.Select(parameter => parameter.Signature));

    // Each name ends with NUL, the list with one more (which StringToCoTaskMemUTF8 adds).
    private static string Names(IEnumerable<BusParameter> parameters)
    {
        var names = new StringBuilder();
        foreach (var parameter in parameters)
            names.Append(parameter.Name).Append('\0');
        return names.ToString();
    }
}
