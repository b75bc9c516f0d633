using System.Runtime.InteropServices;
using System.Text;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>A DRM primary node, or a lease of some of its objects. Not safe for several threads at once.</summary>
public sealed unsafe partial class DrmCard(FileDescriptor descriptor) : IDisposable
{
    private readonly Dictionary<uint, string> _propertyNames = [];

    public FileDescriptor Descriptor => descriptor;

    /// <summary>Opens <c>/dev/dri/cardN</c>. Who is first becomes master by that alone.</summary>
    public static DrmCard Open(string path) => new(FileDescriptor.OpenReadWrite(path, nonBlocking: true));

    /// <summary>Becomes master: EBUSY or EINVAL while another is, EACCES without CAP_SYS_ADMIN where this descriptor never was.</summary>
    public void SetMaster() => Request(NativeDrm.DRM_IOCTL_SET_MASTER, null, "become master of the card");

    public void DropMaster() => Request(NativeDrm.DRM_IOCTL_DROP_MASTER, null, "stop being master of the card");

    public void Understand(DrmClientCapability capability)
    {
        var request = new NativeDrm.drm_set_client_cap { capability = (ulong)capability, value = 1 };
        Request(NativeDrm.DRM_IOCTL_SET_CLIENT_CAP, &request, $"use {capability} of the card");
    }

    /// <summary>What the driver says of a capability; 0 where it does not know it.</summary>
    public ulong Ask(DrmCapability capability)
    {
        var request = new NativeDrm.drm_get_cap { capability = (ulong)capability };
        return NativeLibc.ioctl(descriptor, NativeDrm.DRM_IOCTL_GET_CAP, (nint)(&request)) == 0 ? request.value : 0;
    }

    public DrmResources Resources()
    {
        while (true)
        {
            NativeDrm.drm_mode_card_res request = default;
            Request(NativeDrm.DRM_IOCTL_MODE_GETRESOURCES, &request, "list the card's objects");
            var counts = request;
            uint[] crtcs = new uint[counts.count_crtcs], connectors = new uint[counts.count_connectors], encoders = new uint[counts.count_encoders];
            // Safety: each array is pinned for the call and has as many entries as are said.
            fixed (uint* crtc = crtcs, connector = connectors, encoder = encoders)
            {
                request = new()
                {
                    crtc_id_ptr = (ulong)crtc, count_crtcs = counts.count_crtcs, connector_id_ptr = (ulong)connector,
                    count_connectors = counts.count_connectors, encoder_id_ptr = (ulong)encoder, count_encoders = counts.count_encoders,
                };
                Request(NativeDrm.DRM_IOCTL_MODE_GETRESOURCES, &request, "list the card's objects");
            }

            // A connector of a hub may have come between the two calls; then the kernel has filled nothing.
            if (request.count_crtcs <= counts.count_crtcs && request.count_connectors <= counts.count_connectors && request.count_encoders <= counts.count_encoders)
                return new(crtcs[..(int)request.count_crtcs], connectors[..(int)request.count_connectors], encoders[..(int)request.count_encoders]);
        }
    }

    /// <summary>A connector; the driver looks for its monitor anew where this is the master (or lessee) of it.</summary>
    public DrmConnector Connector(uint id)
    {
        var what = $"read connector {id}";
        while (true)
        {
            var request = new NativeDrm.drm_mode_get_connector { connector_id = id };
            // Counts of zero make the driver look.
            Request(NativeDrm.DRM_IOCTL_MODE_GETCONNECTOR, &request, what);
            var modes = new NativeDrm.drm_mode_modeinfo[Math.Max(1, request.count_modes)];
            var encoders = new uint[request.count_encoders];
            var counted = request;
            // Safety: each array is pinned for the call and has at least as many entries as are said.
            fixed (NativeDrm.drm_mode_modeinfo* mode = modes)
            fixed (uint* encoder = encoders)
            {
                // One mode asked for at least: with none the driver would look again.
                request = new()
                {
                    connector_id = id, modes_ptr = (ulong)mode, count_modes = (uint)modes.Length,
                    encoders_ptr = (ulong)encoder, count_encoders = counted.count_encoders,
                };
                Request(NativeDrm.DRM_IOCTL_MODE_GETCONNECTOR, &request, what);
            }

            if (request.count_modes > modes.Length || request.count_encoders > counted.count_encoders)
                continue;
            return new(
                id, request.connector_type, request.connector_type_id, (DrmConnection)request.connection, (int)request.mm_width, (int)request.mm_height,
                [.. modes.Take((int)request.count_modes).Select(info => new DrmMode(info))], encoders[..(int)request.count_encoders]);
        }
    }

    public DrmEncoder Encoder(uint id)
    {
        var request = new NativeDrm.drm_mode_get_encoder { encoder_id = id };
        Request(NativeDrm.DRM_IOCTL_MODE_GETENCODER, &request, $"read encoder {id}");
        return new(id, request.possible_crtcs);
    }

    /// <summary>All planes, where <see cref="DrmClientCapability.UniversalPlanes"/> is understood; else the overlays alone.</summary>
    public IReadOnlyList<DrmPlane> Planes()
    {
        NativeDrm.drm_mode_get_plane_res request = default;
        Request(NativeDrm.DRM_IOCTL_MODE_GETPLANERESOURCES, &request, "list the card's planes");
        // Planes neither come nor go while a driver is bound.
        var ids = new uint[request.count_planes];
        // Safety: pinned for the call, and as long as is said.
        fixed (uint* id = ids)
        {
            request = new() { plane_id_ptr = (ulong)id, count_planes = (uint)ids.Length };
            Request(NativeDrm.DRM_IOCTL_MODE_GETPLANERESOURCES, &request, "list the card's planes");
        }

        return [.. ids.Select(Plane)];
    }

    /// <summary>An object's properties, by their names.</summary>
    public IReadOnlyDictionary<string, DrmProperty> Properties(uint id, DrmObjectType type)
    {
        var what = $"read the properties of {type} {id}";
        var request = new NativeDrm.drm_mode_obj_get_properties { obj_id = id, obj_type = (uint)type };
        Request(NativeDrm.DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &request, what);
        // An object's properties are attached when it is made, and none comes later.
        uint[] ids = new uint[request.count_props];
        var values = new ulong[request.count_props];
        // Safety: both arrays are pinned for the call, and as long as is said.
        fixed (uint* property = ids)
        fixed (ulong* value = values)
        {
            request = new() { obj_id = id, obj_type = (uint)type, props_ptr = (ulong)property, prop_values_ptr = (ulong)value, count_props = (uint)ids.Length };
            Request(NativeDrm.DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &request, what);
        }

        var properties = new Dictionary<string, DrmProperty>();
        for (var i = 0; i < ids.Length; i++)
            properties[NameOf(ids[i])] = new(ids[i], values[i]);
        return properties;
    }

    /// <summary>A blob that a property points to: an EDID.</summary>
    public byte[] Blob(uint id)
    {
        var request = new NativeDrm.drm_mode_get_blob { blob_id = id };
        Request(NativeDrm.DRM_IOCTL_MODE_GETPROPBLOB, &request, $"read blob {id}");
        var bytes = new byte[request.length];
        // Safety: pinned for the call. A blob never changes, so it is still as long.
        fixed (byte* data = bytes)
        {
            request.data = (ulong)data;
            Request(NativeDrm.DRM_IOCTL_MODE_GETPROPBLOB, &request, $"read blob {id}");
        }

        return bytes;
    }

    /// <summary>A mode as the value of a CRTC's MODE_ID. It lasts until <see cref="DestroyBlob"/>, or as long as the CRTC uses it.</summary>
    public uint CreateBlob(DrmMode mode)
    {
        // Safety: pinned for the call; the kernel copies it.
        fixed (byte* data = mode.Bytes)
        {
            var request = new NativeDrm.drm_mode_create_blob { data = (ulong)data, length = (uint)mode.Bytes.Length };
            Request(NativeDrm.DRM_IOCTL_MODE_CREATEPROPBLOB, &request, $"make a blob of the mode {mode}");
            return request.blob_id;
        }
    }

    public void DestroyBlob(uint id)
    {
        var request = new NativeDrm.drm_mode_destroy_blob { blob_id = id };
        Request(NativeDrm.DRM_IOCTL_MODE_DESTROYPROPBLOB, &request, $"free blob {id}");
    }

    /// <summary>Changes all of it, or nothing.</summary>
    /// <param name="userData">Comes back in the <see cref="DrmFlip"/> of <see cref="AtomicFlags.PageFlipEvent"/>.</param>
    /// <returns>None; EBUSY while the CRTC's last change is not on the screen yet; EINVAL where the driver can't; EACCES without master.</returns>
    public Errno TryCommit(AtomicRequest request, AtomicFlags flags, ulong userData = 0)
    {
        var (objects, counts, properties, values) = request.ToArrays();
        // Safety: all four are pinned for the call, with as many entries as the counts say.
        fixed (uint* @object = objects, count = counts, property = properties)
        fixed (ulong* value = values)
        {
            var atomic = new NativeDrm.drm_mode_atomic
            {
                flags = (uint)flags, count_objs = (uint)objects.Length, objs_ptr = (ulong)@object, count_props_ptr = (ulong)count,
                props_ptr = (ulong)property, prop_values_ptr = (ulong)value, user_data = userData,
            };
            return Try(NativeDrm.DRM_IOCTL_MODE_ATOMIC, &atomic);
        }
    }

    /// <summary>As <see cref="TryCommit"/>, and throws.</summary>
    public void Commit(AtomicRequest request, AtomicFlags flags, ulong userData = 0)
    {
        if (TryCommit(request, flags, userData) is not Errno.None and var errno)
            throw new LinuxException(errno, "could not change what the card shows");
    }

    /// <summary>The flips that are told of now; none where there are none.</summary>
    public IReadOnlyList<DrmFlip> ReadFlips()
    {
        Span<byte> buffer = stackalloc byte[1024];
        var count = descriptor.TryRead(buffer, out var errno);
        if (count >= 0)
            return [.. DrmFlip.Parse(buffer[..count])];
        return errno == Errno.EAGAIN ? [] : throw new LinuxException(errno, "could not read the card's events");
    }

    public void Dispose() => descriptor.Dispose();

    private DrmPlane Plane(uint id)
    {
        var request = new NativeDrm.drm_mode_get_plane { plane_id = id };
        Request(NativeDrm.DRM_IOCTL_MODE_GETPLANE, &request, $"read plane {id}");
        var formats = new uint[request.count_format_types];
        // Safety: pinned for the call, and as long as is said; a plane's formats never change.
        fixed (uint* format = formats)
        {
            request.format_type_ptr = (ulong)format;
            Request(NativeDrm.DRM_IOCTL_MODE_GETPLANE, &request, $"read plane {id}");
        }

        return new(id, request.possible_crtcs, formats);
    }

    private string NameOf(uint property)
    {
        if (_propertyNames.TryGetValue(property, out var name))
            return name;
        var request = new NativeDrm.drm_mode_get_property { prop_id = property };
        // Counts of zero: its name alone.
        Request(NativeDrm.DRM_IOCTL_MODE_GETPROPERTY, &request, $"read the name of property {property}");
        // Safety: the kernel ends the name with NUL within its 32 bytes; the span stops there in any case.
        var bytes = new ReadOnlySpan<byte>(request.name, NativeDrm.DRM_PROP_NAME_LEN);
        var end = bytes.IndexOf((byte)0);
        return _propertyNames[property] = Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // Safety: of each caller, that the argument is the request's own structure on its stack, and its pointers are pinned.
    private void Request(nuint request, void* argument, string what)
    {
        if (Try(request, argument) is not Errno.None and var errno)
            throw new LinuxException(errno, $"could not {what}");
    }

    private Errno Try(nuint request, void* argument)
    {
        while (true)
        {
            if (NativeLibc.ioctl(descriptor, request, (nint)argument) >= 0)
                return Errno.None;
            // EAGAIN too: libdrm does the same (drmIoctl).
            if ((Errno)Marshal.GetLastPInvokeError() is not (Errno.EINTR or Errno.EAGAIN) and var errno)
                return errno;
        }
    }
}
