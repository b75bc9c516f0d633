using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Libvirt;

/// <summary>virDomainState.</summary>
public enum DomainState
{
    NoState = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    ShuttingDown = 4,
    ShutOff = 5,
    Crashed = 6,
    PmSuspended = 7,
}

/// <summary>virDomainShutoffReason.</summary>
public enum ShutoffReason
{
    Unknown = 0,
    Shutdown = 1,
    Destroyed = 2,
    Crashed = 3,
    Migrated = 4,
    Saved = 5,
    Failed = 6,
    FromSnapshot = 7,
    Daemon = 8,
}

/// <summary>virDomainXMLFlags.</summary>
[Flags]
public enum DomainXml
{
    None = 0,
    Secure = 1,
    Inactive = 2,
}

/// <summary>virDomainModificationImpact.</summary>
[Flags]
public enum DomainImpact
{
    Current = 0,
    Live = 1,
    Config = 2,
}

/// <summary>A libvirt domain. Its calls block; any thread may make them.</summary>
public sealed class LibvirtDomain : IDisposable
{
    private const int MetadataElement = 2;
    private readonly DomainHandle _handle;

    internal LibvirtDomain(DomainHandle handle)
    {
        _handle = handle;
        Name = Marshal.PtrToStringUTF8(NativeLibvirt.virDomainGetName(handle)) ?? throw Failed("read the name of a domain");
        Uuid = ReadUuid(handle);
    }

    public string Name { get; }

    public Guid Uuid { get; }

    /// <summary>Whether it has a running definition, in whatever state it is.</summary>
    public bool IsActive => Truth(NativeLibvirt.virDomainIsActive(_handle), $"ask whether guest '{Name}' is running");

    /// <summary>The most memory that it may have, KiB.</summary>
    public long MaxMemory
    {
        get
        {
            var kib = (long)NativeLibvirt.virDomainGetMaxMemory(_handle).Value;
            return kib > 0 ? kib : throw LibvirtException.Last($"read the memory of guest '{Name}'");
        }
    }

    public bool IsPersistent => Truth(NativeLibvirt.virDomainIsPersistent(_handle), $"ask whether guest '{Name}' is persistent");

    /// <summary>Whether a saved state waits to be restored at its next start.</summary>
    public bool HasManagedSave =>
        Truth(NativeLibvirt.virDomainHasManagedSaveImage(_handle, 0), $"ask whether guest '{Name}' has a saved state");

    public DomainState State => ReadState().State;

    /// <summary>Why it is off; of one that is not, it says nothing.</summary>
    public ShutoffReason ShutoffReason => ReadState() is (DomainState.ShutOff or DomainState.Crashed, var reason) ? (ShutoffReason)reason : ShutoffReason.Unknown;

    /// <summary>Whether what runs was restored from a saved state (VIR_DOMAIN_RUNNING_RESTORED).</summary>
    public bool IsRestored => ReadState() is (DomainState.Running, 3);

    public string GetXml(DomainXml flags)
    {
        var text = NativeLibvirt.virDomainGetXMLDesc(_handle, (uint)flags);
        return text == 0 ? throw Failed($"read the definition of guest '{Name}'") : TakeString(text);
    }

    /// <summary>A socket to a display of the running guest: of type <c>dbus</c> with <c>p2p</c>, VNC or SPICE.</summary>
    /// <param name="index">Which of its <c>graphics</c> elements, from 0.</param>
    /// <param name="skipsPassword">Whether the one at the socket is asked for no password of the display's.</param>
    public FileDescriptor OpenGraphics(int index, bool skipsPassword = false)
    {
        // VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH
        var number = NativeLibvirt.virDomainOpenGraphicsFD(_handle, (uint)index, skipsPassword ? 1u : 0);
        return number >= 0 ? new(number) : throw Failed($"open display {index} of guest '{Name}'");
    }

    /// <summary>Starts the stored definition as it is.</summary>
    public void Start() => Check(NativeLibvirt.virDomainCreate(_handle), $"start guest '{Name}'");

    /// <summary>
    /// Asks the guest to shut down: by its agent where that is up, else by its power button. What the guest makes of it is told by events.
    /// </summary>
    public void Shutdown() => Check(NativeLibvirt.virDomainShutdownFlags(_handle, 0), $"shut guest '{Name}' down");

    /// <summary>Stops its processors where they are; its memory stays.</summary>
    public void Pause() => Check(NativeLibvirt.virDomainSuspend(_handle), $"pause guest '{Name}'");

    public void Resume() => Check(NativeLibvirt.virDomainResume(_handle), $"resume guest '{Name}'");

    /// <summary>Pulls the guest's plug.</summary>
    public void Destroy() => Check(NativeLibvirt.virDomainDestroyFlags(_handle, 0), $"end guest '{Name}'");

    public void Undefine() => Check(NativeLibvirt.virDomainUndefineFlags(_handle, 0), $"remove the definition of guest '{Name}'");

    /// <summary>With the firmware's variables, the state of an emulated TPM and what libvirt notes of snapshots and checkpoints.</summary>
    /// <param name="version">The daemon's, which refuses what it does not know.</param>
    public void UndefineWhole(Version version)
    {
        // VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA, _NVRAM, _CHECKPOINTS_METADATA and, since 8.9, _TPM.
        const uint Whole = 2 | 4 | 16, Tpm = 32;
        Check(NativeLibvirt.virDomainUndefineFlags(_handle, version >= new Version(8, 9, 0) ? Whole | Tpm : Whole), $"remove guest '{Name}'");
    }

    /// <summary>Writes its memory to a file of libvirt's and ends it; its next start goes on from there. Another thread may break it off by <see cref="AbortJob"/>.</summary>
    public void ManagedSave() => Check(NativeLibvirt.virDomainManagedSave(_handle, 0), $"save guest '{Name}'");

    /// <summary>Breaks off what it is being saved by, and whatever else of that kind; it then runs on.</summary>
    public void AbortJob() => Check(NativeLibvirt.virDomainAbortJob(_handle), $"break off what is done to guest '{Name}'");

    public void RemoveManagedSave() =>
        Check(NativeLibvirt.virDomainManagedSaveRemove(_handle, 0), $"remove the saved state of guest '{Name}'");

    /// <summary>The definition in its saved state, whole.</summary>
    public string GetManagedSaveXml()
    {
        var text = NativeLibvirt.virDomainManagedSaveGetXMLDesc(_handle, (uint)DomainXml.Secure);
        return text == 0 ? throw Failed($"read the saved state of guest '{Name}'") : TakeString(text);
    }

    /// <summary>Replaces the definition in its saved state; libvirt refuses one whose devices the state would not fit.</summary>
    public void SetManagedSaveXml(string xml) =>
        Check(NativeLibvirt.virDomainManagedSaveDefineXML(_handle, xml, 0), $"write the saved state of guest '{Name}'");

    /// <summary>Has a virtual processor of a running guest run on these processors of the host alone.</summary>
    public unsafe void PinVcpu(int vcpu, IEnumerable<int> cpus)
    {
        var map = CpuMap(cpus);
        // Safety: libvirt reads so many bytes during the call.
        fixed (byte* bytes = map)
            Check(NativeLibvirt.virDomainPinVcpuFlags(_handle, (uint)vcpu, bytes, map.Length, (uint)DomainImpact.Live), $"pin virtual processor {vcpu} of guest '{Name}'");
    }

    /// <summary>The same for QEMU's own threads.</summary>
    public unsafe void PinEmulator(IEnumerable<int> cpus)
    {
        var map = CpuMap(cpus);
        // Safety: as above.
        fixed (byte* bytes = map)
            Check(NativeLibvirt.virDomainPinEmulator(_handle, bytes, map.Length, (uint)DomainImpact.Live), $"pin the emulator of guest '{Name}'");
    }

    /// <summary>The same for an IO thread.</summary>
    public unsafe void PinIOThread(int id, IEnumerable<int> cpus)
    {
        var map = CpuMap(cpus);
        // Safety: as above.
        fixed (byte* bytes = map)
            Check(NativeLibvirt.virDomainPinIOThread(_handle, (uint)id, bytes, map.Length, (uint)DomainImpact.Live), $"pin IO thread {id} of guest '{Name}'");
    }

    public void AttachDevice(string xml, DomainImpact impact) =>
        Check(NativeLibvirt.virDomainAttachDeviceFlags(_handle, xml, (uint)impact), $"attach a device to guest '{Name}'");

    /// <summary>Asks for a device to be let go. It is gone once <see cref="DeviceRemoved"/> was told, not when this returns.</summary>
    public void DetachDevice(string alias, DomainImpact impact) =>
        Check(NativeLibvirt.virDomainDetachDeviceAlias(_handle, alias, (uint)impact), $"detach {alias} from guest '{Name}'");

    /// <summary>Sets or (null) removes the one metadata element of a namespace.</summary>
    /// <param name="element">Without a namespace of its own: libvirt puts <paramref name="key"/> and <paramref name="uri"/> on it, and
    /// refuses an element that has the prefix already.</param>
    public void SetMetadata(string? element, string key, string uri, DomainImpact impact) =>
        Check(NativeLibvirt.virDomainSetMetadata(_handle, MetadataElement, element, key, uri, (uint)impact),
            $"write the metadata of guest '{Name}'");

    /// <summary>One QMP command and its whole answer, which may be QMP's own error. libvirt marks the domain as tainted.</summary>
    public string MonitorCommand(string json)
    {
        Check(NativeLibvirtQemu.virDomainQemuMonitorCommand(_handle, json, out var result, 0), $"ask the monitor of guest '{Name}'");
        return TakeString(result);
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>A bit for each processor, the first in the lowest one of the first byte (VIR_CPU_MAPLEN).</summary>
    private static byte[] CpuMap(IEnumerable<int> cpus)
    {
        int[] numbers = [.. cpus];
        var map = new byte[numbers.Max() / 8 + 1];
        foreach (var cpu in numbers)
            map[cpu / 8] |= (byte)(1 << (cpu % 8));
        return map;
    }

    private (DomainState State, int Reason) ReadState()
    {
        Check(NativeLibvirt.virDomainGetState(_handle, out var state, out var reason, 0), $"read the state of guest '{Name}'");
        return ((DomainState)state, reason);
    }

    private static unsafe Guid ReadUuid(DomainHandle handle)
    {
        // Safety: VIR_UUID_BUFLEN is 16, and the buffer lives on this stack.
        var bytes = stackalloc byte[16];
        Check(NativeLibvirt.virDomainGetUUID(handle, bytes), "read the UUID of a domain");
        return new(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true);
    }

    internal static unsafe string TakeString(nint text)
    {
        var value = Marshal.PtrToStringUTF8(text) ?? "";
        // Safety: libvirt gave the string to us, allocated with malloc.
        NativeMemory.Free((void*)text);
        return value;
    }

    private static bool Truth(int answer, string what)
    {
        Check(answer, what);
        return answer == 1;
    }

    private static void Check(int answer, string what)
    {
        if (answer < 0)
            throw Failed(what);
    }

    private static LibvirtException Failed(string what) => LibvirtException.Last(what);
}
