using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Drm;

/// <summary>
/// ioctl numbers, structures and constants of drm/drm.h and drm/drm_mode.h; equal on x86-64 and arm64. <c>tests/data/drm</c> holds what a C
/// program says of the same headers.
/// </summary>
internal static unsafe class NativeDrm
{
    internal const nuint DRM_IOCTL_GEM_CLOSE = 0x40086409;
    internal const nuint DRM_IOCTL_GET_CAP = 0xc010640c;
    internal const nuint DRM_IOCTL_SET_CLIENT_CAP = 0x4010640d;
    internal const nuint DRM_IOCTL_SET_MASTER = 0x641e;
    internal const nuint DRM_IOCTL_DROP_MASTER = 0x641f;
    internal const nuint DRM_IOCTL_PRIME_HANDLE_TO_FD = 0xc00c642d;
    internal const nuint DRM_IOCTL_PRIME_FD_TO_HANDLE = 0xc00c642e;
    internal const nuint DRM_IOCTL_MODE_GETRESOURCES = 0xc04064a0;
    internal const nuint DRM_IOCTL_MODE_GETENCODER = 0xc01464a6;
    internal const nuint DRM_IOCTL_MODE_GETCONNECTOR = 0xc05064a7;
    internal const nuint DRM_IOCTL_MODE_GETPROPERTY = 0xc04064aa;
    internal const nuint DRM_IOCTL_MODE_GETPROPBLOB = 0xc01064ac;
    internal const nuint DRM_IOCTL_MODE_RMFB = 0xc00464af;
    internal const nuint DRM_IOCTL_MODE_CREATE_DUMB = 0xc02064b2;
    internal const nuint DRM_IOCTL_MODE_MAP_DUMB = 0xc01064b3;
    internal const nuint DRM_IOCTL_MODE_DESTROY_DUMB = 0xc00464b4;
    internal const nuint DRM_IOCTL_MODE_GETPLANERESOURCES = 0xc01064b5;
    internal const nuint DRM_IOCTL_MODE_GETPLANE = 0xc02064b6;
    internal const nuint DRM_IOCTL_MODE_ADDFB2 = 0xc06864b8;
    internal const nuint DRM_IOCTL_MODE_OBJ_GETPROPERTIES = 0xc02064b9;
    internal const nuint DRM_IOCTL_MODE_ATOMIC = 0xc03864bc;
    internal const nuint DRM_IOCTL_MODE_CREATEPROPBLOB = 0xc01064bd;
    internal const nuint DRM_IOCTL_MODE_DESTROYPROPBLOB = 0xc00464be;
    internal const nuint DRM_IOCTL_MODE_CREATE_LEASE = 0xc01864c6;
    internal const nuint DRM_IOCTL_MODE_LIST_LESSEES = 0xc01064c7;
    internal const nuint DRM_IOCTL_MODE_GET_LEASE = 0xc01064c8;
    internal const nuint DRM_IOCTL_MODE_REVOKE_LEASE = 0xc00464c9;

    internal const uint DRM_MODE_FB_MODIFIERS = 2;
    internal const ulong DRM_FORMAT_MOD_INVALID = 0x00ff_ffff_ffff_ffff;
    internal const uint DRM_CLOEXEC = 0x80000;
    internal const uint DRM_RDWR = 2;
    internal const uint DRM_EVENT_FLIP_COMPLETE = 2;
    internal const int DRM_PROP_NAME_LEN = 32;
    internal const int DRM_DISPLAY_MODE_LEN = 32;

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_gem_close
    {
        public uint handle;
        public uint pad;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_get_cap
    {
        public ulong capability;
        public ulong value;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_set_client_cap
    {
        public ulong capability;
        public ulong value;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_prime_handle
    {
        public uint handle;
        public uint flags;
        public int fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_card_res
    {
        public ulong fb_id_ptr;
        public ulong crtc_id_ptr;
        public ulong connector_id_ptr;
        public ulong encoder_id_ptr;
        public uint count_fbs;
        public uint count_crtcs;
        public uint count_connectors;
        public uint count_encoders;
        public uint min_width;
        public uint max_width;
        public uint min_height;
        public uint max_height;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_modeinfo
    {
        public uint clock;
        public ushort hdisplay;
        public ushort hsync_start;
        public ushort hsync_end;
        public ushort htotal;
        public ushort hskew;
        public ushort vdisplay;
        public ushort vsync_start;
        public ushort vsync_end;
        public ushort vtotal;
        public ushort vscan;
        public uint vrefresh;
        public uint flags;
        public uint type;
        public fixed byte name[DRM_DISPLAY_MODE_LEN];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_encoder
    {
        public uint encoder_id;
        public uint encoder_type;
        public uint crtc_id;
        public uint possible_crtcs;
        public uint possible_clones;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_connector
    {
        public ulong encoders_ptr;
        public ulong modes_ptr;
        public ulong props_ptr;
        public ulong prop_values_ptr;
        public uint count_modes;
        public uint count_props;
        public uint count_encoders;
        public uint encoder_id;
        public uint connector_id;
        public uint connector_type;
        public uint connector_type_id;
        public uint connection;
        public uint mm_width;
        public uint mm_height;
        public uint subpixel;
        public uint pad;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_property
    {
        public ulong values_ptr;
        public ulong enum_blob_ptr;
        public uint prop_id;
        public uint flags;
        public fixed byte name[DRM_PROP_NAME_LEN];
        public uint count_values;
        public uint count_enum_blobs;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_blob
    {
        public uint blob_id;
        public uint length;
        public ulong data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_create_dumb
    {
        public uint height;
        public uint width;
        public uint bpp;
        public uint flags;
        public uint handle;
        public uint pitch;
        public ulong size;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_map_dumb
    {
        public uint handle;
        public uint pad;
        public ulong offset;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_destroy_dumb
    {
        public uint handle;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_plane_res
    {
        public ulong plane_id_ptr;
        public uint count_planes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_plane
    {
        public uint plane_id;
        public uint crtc_id;
        public uint fb_id;
        public uint possible_crtcs;
        public uint gamma_size;
        public uint count_format_types;
        public ulong format_type_ptr;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_fb_cmd2
    {
        public uint fb_id;
        public uint width;
        public uint height;
        public uint pixel_format;
        public uint flags;
        public fixed uint handles[4];
        public fixed uint pitches[4];
        public fixed uint offsets[4];
        public fixed ulong modifier[4];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_obj_get_properties
    {
        public ulong props_ptr;
        public ulong prop_values_ptr;
        public uint count_props;
        public uint obj_id;
        public uint obj_type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_atomic
    {
        public uint flags;
        public uint count_objs;
        public ulong objs_ptr;
        public ulong count_props_ptr;
        public ulong props_ptr;
        public ulong prop_values_ptr;
        public ulong reserved;
        public ulong user_data;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_create_blob
    {
        public ulong data;
        public uint length;
        public uint blob_id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_destroy_blob
    {
        public uint blob_id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_create_lease
    {
        public ulong object_ids;
        public uint object_count;
        public uint flags;
        public uint lessee_id;
        public uint fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_list_lessees
    {
        public uint count_lessees;
        public uint pad;
        public ulong lessees_ptr;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_get_lease
    {
        public uint count_objects;
        public uint pad;
        public ulong objects_ptr;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_mode_revoke_lease
    {
        public uint lessee_id;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_event
    {
        public uint type;
        public uint length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct drm_event_vblank
    {
        public drm_event @base;
        public ulong user_data;
        public uint tv_sec;
        public uint tv_usec;
        public uint sequence;
        public uint crtc_id;
    }
}
