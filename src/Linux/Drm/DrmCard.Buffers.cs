using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Linux.Drm;

public sealed unsafe partial class DrmCard
{
    public DumbBuffer CreateBuffer(int width, int height, DrmFormat format) => new(this, width, height, format);

    /// <summary>Another device's or process's buffer. The kernel gives the same handle for the same buffer, and does not count: close it once.</summary>
    public uint ImportHandle(FileDescriptor dmaBuf)
    {
        var request = new NativeDrm.drm_prime_handle { fd = dmaBuf.Number };
        Request(NativeDrm.DRM_IOCTL_PRIME_FD_TO_HANDLE, &request, "take a dma-buf into the card");
        return request.handle;
    }

    public FileDescriptor ExportHandle(uint handle)
    {
        var request = new NativeDrm.drm_prime_handle { handle = handle, flags = NativeDrm.DRM_CLOEXEC | NativeDrm.DRM_RDWR };
        Request(NativeDrm.DRM_IOCTL_PRIME_HANDLE_TO_FD, &request, "give a buffer of the card as a dma-buf");
        return new(request.fd);
    }

    public void CloseHandle(uint handle)
    {
        var request = new NativeDrm.drm_gem_close { handle = handle };
        Request(NativeDrm.DRM_IOCTL_GEM_CLOSE, &request, $"close buffer {handle}");
    }

    /// <summary>A framebuffer. EINVAL where the driver can't show such a buffer.</summary>
    /// <param name="planes">One to four, as the format and the layout have them.</param>
    /// <param name="modifier">Null where the buffer's layout was not told.</param>
    public uint AddFramebuffer(int width, int height, DrmFormat format, ReadOnlySpan<FramebufferPlane> planes, ulong? modifier)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(planes.Length, FramebufferPlane.Most);
        var request = new NativeDrm.drm_mode_fb_cmd2 { width = (uint)width, height = (uint)height, pixel_format = (uint)format };
        var layout = modifier is NativeDrm.DRM_FORMAT_MOD_INVALID ? null : modifier;
        if (layout is not null)
            request.flags = NativeDrm.DRM_MODE_FB_MODIFIERS;
        for (var at = 0; at < planes.Length; at++)
        {
            // Safety: there are four entries each, and at most so many planes.
            (request.handles[at], request.offsets[at], request.pitches[at]) = (planes[at].Handle, planes[at].Offset, planes[at].Pitch);
            // The same for each plane, else the kernel refuses it; 0 where none is told.
            request.modifier[at] = layout ?? 0;
        }

        Request(NativeDrm.DRM_IOCTL_MODE_ADDFB2, &request, $"make a framebuffer of {width} x {height} pixels");
        return request.fb_id;
    }

    /// <summary>A plane that shows it goes off.</summary>
    public void RemoveFramebuffer(uint id) => Request(NativeDrm.DRM_IOCTL_MODE_RMFB, &id, $"free framebuffer {id}");

    internal (uint Handle, int Pitch, long Length) CreateDumb(int width, int height)
    {
        var request = new NativeDrm.drm_mode_create_dumb { width = (uint)width, height = (uint)height, bpp = 32 };
        Request(NativeDrm.DRM_IOCTL_MODE_CREATE_DUMB, &request, $"make a buffer of {width} x {height} pixels");
        return (request.handle, (int)request.pitch, (long)request.size);
    }

    internal long OffsetOfDumb(uint handle)
    {
        var request = new NativeDrm.drm_mode_map_dumb { handle = handle };
        Request(NativeDrm.DRM_IOCTL_MODE_MAP_DUMB, &request, $"map buffer {handle}");
        return (long)request.offset;
    }

    internal void DestroyDumb(uint handle)
    {
        var request = new NativeDrm.drm_mode_destroy_dumb { handle = handle };
        Request(NativeDrm.DRM_IOCTL_MODE_DESTROY_DUMB, &request, $"free buffer {handle}");
    }
}
