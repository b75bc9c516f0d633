using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>
/// libsystemd's sd-bus, as in systemd/sd-bus.h. Only functions without variable arguments, since P/Invoke has no calling convention
/// for those. Each returns a negative errno where it fails. All have been there since systemd 247.
/// </summary>
internal static unsafe partial class NativeSystemd
{
    internal const string Library = "libsystemd.so.0";

    /// <summary>sd_bus_error; all zero is SD_BUS_ERROR_NULL.</summary>
    internal struct sd_bus_error
    {
        internal byte* name;
        internal byte* message;
        internal int need_free;
    }

    /// <summary>sd_bus_vtable: 8 bytes of type and flags, then a union of six words.</summary>
    internal struct sd_bus_vtable
    {
        internal ulong type_and_flags;
        internal nint x0, x1, x2, x3, x4, x5;
    }

    /// <summary>sd_id128_t; passed by value, as two words.</summary>
    internal struct sd_id128
    {
        internal ulong low;
        internal ulong high;
    }

    internal const ulong SD_BUS_VTABLE_UNPRIVILEGED = 1 << 2;
    internal const ulong SD_BUS_VTABLE_PROPERTY_CONST = 1 << 4;
    internal const ulong SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE = 1 << 5;
    internal const ulong SD_BUS_VTABLE_METHOD_PARAM_NAMES = 1 << 0;

    [LibraryImport(Library)] internal static partial int sd_bus_open_system(out nint bus);
    [LibraryImport(Library)] internal static partial int sd_bus_new(out nint bus);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int sd_bus_set_address(BusHandle bus, string address);
    [LibraryImport(Library)] internal static partial int sd_bus_set_fd(BusHandle bus, int input_fd, int output_fd);

    [LibraryImport(Library)] internal static partial int sd_bus_set_server(BusHandle bus, int b, sd_id128 id);

    [LibraryImport(Library)] internal static partial int sd_bus_set_bus_client(BusHandle bus, int b);
    [LibraryImport(Library)] internal static partial int sd_bus_start(BusHandle bus);
    [LibraryImport(Library)] internal static partial nint sd_bus_close_unref(nint bus);
    [LibraryImport(Library)] internal static partial int sd_bus_process(BusHandle bus, nint message);
    [LibraryImport(Library)] internal static partial int sd_bus_get_fd(BusHandle bus);
    [LibraryImport(Library)] internal static partial int sd_bus_get_events(BusHandle bus);
    [LibraryImport(Library)] internal static partial int sd_bus_get_timeout(BusHandle bus, out ulong usec);

    [LibraryImport(Library)] internal static partial nint sd_bus_slot_unref(nint slot);

    [LibraryImport(Library)]
    internal static partial int sd_bus_call_async(
        BusHandle bus, out nint slot, MessageHandle message, delegate* unmanaged[Cdecl]<nint, nint, sd_bus_error*, int> callback, nint userdata, ulong usec);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_add_match_async(
        BusHandle bus, out nint slot, string match, delegate* unmanaged[Cdecl]<nint, nint, sd_bus_error*, int> callback,
        delegate* unmanaged[Cdecl]<nint, nint, sd_bus_error*, int> install_callback, nint userdata);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_add_object_vtable(
        BusHandle bus, out nint slot, string path, string @interface, sd_bus_vtable* vtable, nint userdata);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_add_object_manager(BusHandle bus, out nint slot, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_emit_object_added(BusHandle bus, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_emit_object_removed(BusHandle bus, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_emit_properties_changed_strv(BusHandle bus, string path, string @interface, byte** names);

    [LibraryImport(Library)] internal static partial int sd_bus_send(BusHandle bus, MessageHandle message, nint cookie);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_new_method_call(
        BusHandle bus, out nint message, string? destination, string path, string @interface, string member);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_new_signal(BusHandle bus, out nint message, string path, string @interface, string member);

    [LibraryImport(Library)] internal static partial int sd_bus_message_new_method_return(MessageHandle call, out nint message);
    [LibraryImport(Library)] internal static partial int sd_bus_message_new_method_error(MessageHandle call, out nint message, in sd_bus_error error);
    [LibraryImport(Library)] internal static partial nint sd_bus_message_ref(nint message);
    [LibraryImport(Library)] internal static partial nint sd_bus_message_unref(nint message);
    [LibraryImport(Library)] internal static partial int sd_bus_message_set_allow_interactive_authorization(MessageHandle message, int b);
    [LibraryImport(Library)] internal static partial int sd_bus_message_get_allow_interactive_authorization(nint message);
    [LibraryImport(Library)] internal static partial sd_bus_error* sd_bus_message_get_error(nint message);
    [LibraryImport(Library)] internal static partial byte* sd_bus_message_get_sender(nint message);
    [LibraryImport(Library)] internal static partial byte* sd_bus_message_get_path(nint message);
    [LibraryImport(Library)] internal static partial byte* sd_bus_message_get_interface(nint message);
    [LibraryImport(Library)] internal static partial byte* sd_bus_message_get_member(nint message);

    [LibraryImport(Library)] internal static partial int sd_bus_message_append_basic(nint message, byte type, void* value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_open_container(nint message, byte type, string contents);

    [LibraryImport(Library)] internal static partial int sd_bus_message_close_container(nint message);
    [LibraryImport(Library)] internal static partial int sd_bus_message_read_basic(nint message, byte type, void* value);

    [LibraryImport(Library)] internal static partial int sd_bus_message_append_array(nint message, byte type, void* values, nuint size);
    [LibraryImport(Library)] internal static partial int sd_bus_message_read_array(nint message, byte type, out void* values, out nuint size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_enter_container(nint message, byte type, string contents);

    [LibraryImport(Library)] internal static partial int sd_bus_message_exit_container(nint message);
    [LibraryImport(Library)] internal static partial int sd_bus_message_peek_type(nint message, out byte type, out byte* contents);

    /// <param name="types">Null for one value of whatever type comes.</param>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_skip(nint message, string? types);

    [LibraryImport(Library)] internal static partial int sd_bus_error_set_errno(ref sd_bus_error error, int errno);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial int sd_bus_error_set(sd_bus_error* error, string name, string message);
    [LibraryImport(Library)] internal static partial void sd_bus_error_free(ref sd_bus_error error);

    /// <summary>The address of sd_bus_object_vtable_format, which a vtable's start entry points to.</summary>
    internal static readonly nint sd_bus_object_vtable_format =
        NativeLibrary.GetExport(NativeLibrary.Load(Library), nameof(sd_bus_object_vtable_format));
}
