using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>A libvirt call that failed.</summary>
/// <param name="text">libvirt's own words, in the machine's language: for a person, never for a comparison.</param>
/// <param name="sentence">What could not be done, to what, and why.</param>
public sealed class LibvirtException(LibvirtErrorCode code, string text, string sentence) : Exception(sentence)
{
    public LibvirtErrorCode Code { get; } = code;

    public string Text { get; } = text;

    /// <summary>The failure of this thread's last libvirt call. Nothing else may be called on the thread in between.</summary>
    /// <param name="what">What could not be done, to what: <c>start guest 'work'</c>.</param>
    internal static LibvirtException Last(string what)
    {
        var code = (LibvirtErrorCode)NativeLibvirt.virGetLastErrorCode();
        var text = Marshal.PtrToStringUTF8(NativeLibvirt.virGetLastErrorMessage()) ?? "";
        return new(code, text, $"Could not {what}: {(text.Length > 0 ? text : code)}");
    }
}
