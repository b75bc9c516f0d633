using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>A D-Bus error, from the other side or from this one.</summary>
/// <param name="name">The error's name, <c>org.freedesktop.DBus.Error.ServiceUnknown</c>. To be compared, unlike the message.</param>
/// <param name="message">A sentence.</param>
public sealed class BusException(string name, string message) : Exception(message)
{
    public string Name { get; } = name;

    /// <summary>Throws where an sd-bus call returned a negative errno.</summary>
    /// <param name="what">What was being done, <c>send the call</c>.</param>
    internal static int Check(int result, string what) => result >= 0 ? result : throw FromErrno(result, what);

    /// <summary>An errno as sd-bus names it: a standard error's name where there is one, else <c>System.Error.EXXX</c>.</summary>
    internal static unsafe BusException FromErrno(int result, string what)
    {
        NativeSystemd.sd_bus_error error = default;
        NativeSystemd.sd_bus_error_set_errno(ref error, result);
        try
        {
            return FromNative(error, $"can't {what}: ");
        }
        finally
        {
            NativeSystemd.sd_bus_error_free(ref error);
        }
    }

    // Safety: sd-bus keeps both strings NUL-terminated for as long as the error lives; they are copied.
    internal static unsafe BusException FromNative(in NativeSystemd.sd_bus_error error, string prefix = "")
    {
        var name = Marshal.PtrToStringUTF8((nint)error.name) ?? BusErrors.Failed;
        return new(name, prefix + (Marshal.PtrToStringUTF8((nint)error.message) is { Length: > 0 } message ? message : name));
    }
}

/// <summary>Names of the errors that the bus itself gives (D-Bus specification).</summary>
public static class BusErrors
{
    public const string Failed = "org.freedesktop.DBus.Error.Failed";
    public const string AccessDenied = "org.freedesktop.DBus.Error.AccessDenied";
    public const string Disconnected = "org.freedesktop.DBus.Error.Disconnected";
    public const string InvalidArgs = "org.freedesktop.DBus.Error.InvalidArgs";
    public const string NameHasNoOwner = "org.freedesktop.DBus.Error.NameHasNoOwner";
    public const string InteractiveAuthorizationRequired = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
    public const string NoReply = "org.freedesktop.DBus.Error.NoReply";
    public const string ServiceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown";
    public const string UnknownInterface = "org.freedesktop.DBus.Error.UnknownInterface";
    public const string UnknownMethod = "org.freedesktop.DBus.Error.UnknownMethod";
    public const string UnknownObject = "org.freedesktop.DBus.Error.UnknownObject";
}
