using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Drm;

public sealed unsafe partial class DrmCard
{
    /// <summary>Lends objects. This must be the card's master, and stays it of all others.</summary>
    /// <param name="objects">A connector, a CRTC, and with <see cref="DrmClientCapability.UniversalPlanes"/> a plane at least, else EINVAL. EBUSY: lent already.</param>
    public DrmLease CreateLease(IReadOnlyCollection<uint> objects)
    {
        uint[] ids = [.. objects];
        // Safety: pinned for the call, and as long as is said.
        fixed (uint* id = ids)
        {
            var request = new NativeDrm.drm_mode_create_lease { object_ids = (ulong)id, object_count = (uint)ids.Length, flags = NativeDrm.DRM_CLOEXEC | NativeLibc.O_NONBLOCK };
            Request(NativeDrm.DRM_IOCTL_MODE_CREATE_LEASE, &request, $"lend objects {string.Join(", ", ids)} of the card");
            return new(request.lessee_id, new((int)request.fd));
        }
    }

    /// <summary>The lessees of this master that are there now.</summary>
    public IReadOnlyList<uint> Lessees()
    {
        var lessees = new uint[16];
        while (true)
        {
            // Safety: pinned for the call, and as long as is said.
            fixed (uint* lessee = lessees)
            {
                var request = new NativeDrm.drm_mode_list_lessees { count_lessees = (uint)lessees.Length, lessees_ptr = (ulong)lessee };
                Request(NativeDrm.DRM_IOCTL_MODE_LIST_LESSEES, &request, "list who has leases of the card");
                if (request.count_lessees <= lessees.Length)
                    return lessees[..(int)request.count_lessees];
                lessees = new uint[request.count_lessees];
            }
        }
    }

    /// <summary>The objects of this lease; empty where this is no lease.</summary>
    public IReadOnlyList<uint> LentObjects()
    {
        var objects = new uint[64];
        while (true)
        {
            // Safety: pinned for the call, and as long as is said.
            fixed (uint* @object = objects)
            {
                var request = new NativeDrm.drm_mode_get_lease { count_objects = (uint)objects.Length, objects_ptr = (ulong)@object };
                Request(NativeDrm.DRM_IOCTL_MODE_GET_LEASE, &request, "list what is lent");
                if (request.count_objects <= objects.Length)
                    return objects[..(int)request.count_objects];
                objects = new uint[request.count_objects];
            }
        }
    }

    /// <summary>Takes back what was lent; ENOENT where that lease has ended.</summary>
    public void RevokeLease(uint lessee) => Request(NativeDrm.DRM_IOCTL_MODE_REVOKE_LEASE, &lessee, $"take back lease {lessee}");
}
