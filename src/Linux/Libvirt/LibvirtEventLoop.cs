using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>
/// libvirt's own event loop, on a thread of its own for the life of the process (libvirt offers no way to take one back). It carries
/// domain events, keep-alive and the close callback, so a callback that blocks stops all of them.
/// </summary>
internal static unsafe class LibvirtEventLoop
{
    private static readonly Lazy<bool> Started = new(Start);

    /// <summary>Must be called before the first connection is opened: libvirt gives a connection no events else.</summary>
    internal static void Ensure() => _ = Started.Value;

    private static bool Start()
    {
        if (NativeLibvirt.virInitialize() < 0)
            throw LibvirtException.Last("initialize libvirt");
        // Safety: a static function that touches nothing. Without it libvirt prints every error to standard error.
        NativeLibvirt.virSetErrorFunc(0, &Silent);
        if (NativeLibvirt.virEventRegisterDefaultImpl() < 0)
            throw LibvirtException.Last("register libvirt's event loop");
        new Thread(Run) { Name = "libvirt events", IsBackground = true }.Start();
        return true;
    }

    /// <summary>A loop that cannot run leaves every connection deaf, so the process ends with the reason and is started again.</summary>
    private static void Run()
    {
        while (NativeLibvirt.virEventRunDefaultImpl() >= 0)
        {
        }
        throw LibvirtException.Last("run libvirt's event loop");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Silent(nint userData, nint error)
    {
    }
}
