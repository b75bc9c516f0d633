using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>
/// The C library, native names kept. No function here is called with variadic arguments beyond what the x86-64 and arm64 Linux ABIs
/// pass like fixed ones (<c>ioctl</c>, <c>open</c> without a mode). Structures are those of the two 64-bit ABIs.
/// </summary>
internal static unsafe partial class NativeLibc
{
    private const string Library = "libc";

    internal const int AF_UNIX = 1;
    internal const int SOCK_STREAM = 1;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_SEQPACKET = 5;
    internal const int SOCK_NONBLOCK = 0x800;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_TYPE = 3;
    internal const int SO_PEERCRED = 17;
    internal const int SO_DOMAIN = 39;
    internal const int SCM_RIGHTS = 1;
    internal const int MSG_CTRUNC = 0x8;
    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int O_WRONLY = 1;
    internal const int O_RDWR = 2;
    internal const int O_NOCTTY = 0x100;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;
    internal const int EFD_CLOEXEC = 0x80000;
    internal const int EFD_NONBLOCK = 0x800;
    internal const int TFD_CLOEXEC = 0x80000;
    internal const int TFD_NONBLOCK = 0x800;
    internal const int TFD_TIMER_ABSTIME = 1;
    internal const int EPOLL_CLOEXEC = 0x80000;
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;
    internal const int IN_CLOEXEC = 0x80000;
    internal const int IN_NONBLOCK = 0x800;
    internal const uint MFD_CLOEXEC = 1;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7ff;
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const int SCHED_FIFO = 1;
    internal const int SCHED_RESET_ON_FORK = 0x40000000;
    internal const int PRIO_PROCESS = 0;
    internal const int MCL_CURRENT = 1;
    internal const int MCL_FUTURE = 2;
    internal const int MCL_ONFAULT = 4;
    internal const int F_SETFD = 2;
    internal const int F_SETFL = 4;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int FD_CLOEXEC = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct iovec
    {
        public void* iov_base;
        public nuint iov_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct msghdr
    {
        public void* msg_name;
        public uint msg_namelen;
        public iovec* msg_iov;
        public nuint msg_iovlen;
        public void* msg_control;
        public nuint msg_controllen;
        public int msg_flags;
    }

    /// <summary>A control message with room for one descriptor: CMSG_SPACE(sizeof(int)) is 24, CMSG_LEN(sizeof(int)) is 20.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    internal struct cmsghdr_fd
    {
        internal const int CMSG_LEN = 20;

        public nuint cmsg_len;
        public int cmsg_level;
        public int cmsg_type;
        public int fd;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_un
    {
        internal const int PathSize = 108;
        internal const int PathOffset = 2;

        public ushort sun_family;
        public fixed byte sun_path[PathSize];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ucred
    {
        public int pid;
        public uint uid;
        public uint gid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct itimerspec
    {
        public timespec it_interval;
        public timespec it_value;
    }

    /// <summary>linux/stat.h; statx because struct stat differs between x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_buffer
    {
        [FieldOffset(28)] public ushort stx_mode;
        [FieldOffset(32)] public ulong stx_ino;
        [FieldOffset(128)] public uint stx_rdev_major;
        [FieldOffset(132)] public uint stx_rdev_minor;
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(nint fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(SafeHandle fd, void* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(SafeHandle fd, void* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* fds, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(SafeHandle fd, int command, nint argument);

    /// <returns>-1 where it failed.</returns>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, SafeHandle fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(SafeHandle fd, nuint request, nint argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(SafeHandle directory, string path, int flags, uint mask, statx_buffer* buffer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(SafeHandle fd, sockaddr_un* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(SafeHandle fd, sockaddr_un* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(SafeHandle fd, int backlog);

    internal const int SHUT_WR = 1;
    internal const int SHUT_RDWR = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(SafeHandle fd, int how);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int accept4(SafeHandle fd, void* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(SafeHandle fd, int level, int name, void* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendmsg(SafeHandle fd, msghdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvmsg(SafeHandle fd, msghdr* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ppoll(pollfd* fds, nuint count, timespec* timeout, void* mask);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_ctl(SafeHandle epoll, int operation, int fd, void* event_);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint value, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_settime(SafeHandle timer, int flags, itimerspec* value, itimerspec* before);

    /// <param name="parameters">struct sched_param, an int.</param>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_setscheduler(int thread, int policy, int* parameters);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int nice);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munlockall();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(SafeHandle inotify, string path, uint mask);
}
