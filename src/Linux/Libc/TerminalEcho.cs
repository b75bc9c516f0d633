using System.Runtime.InteropServices;

namespace Phyllome.Seats.Linux.Libc;

/// <summary>A terminal that does not show what is typed until this is disposed (termios(3)). It is left as it was when a signal ends the process, too.</summary>
public sealed partial class TerminalEcho : IDisposable
{
    private const int TCSAFLUSH = 2;
    private const uint ECHO = 0x8, ECHONL = 0x40;

    private readonly int _number;
    private readonly PosixSignalRegistration[] _signals;
    private Termios _before;
    private int _ended;

    private TerminalEcho(int number, in Termios before)
    {
        (_number, _before) = (number, before);
        _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, _ => Restore()))];
    }

    /// <returns>Null where the descriptor is no terminal.</returns>
    public static unsafe TerminalEcho? Off(int number)
    {
        Termios before;
        // Safety: the kernel's answer fits into the structure, which is glibc's.
        if (tcgetattr(number, &before) != 0)
            return null;
        var echo = new TerminalEcho(number, before);
        var silent = before with { c_lflag = before.c_lflag & ~(ECHO | ECHONL) };
        // Safety: it is only read. What was typed before the question is dropped.
        if (tcsetattr(number, TCSAFLUSH, &silent) == 0)
            return echo;
        var failure = LinuxException.Last("could not have the terminal hide what is typed");
        echo.Dispose();
        throw failure;
    }

    public void Dispose()
    {
        Restore();
        foreach (var signal in _signals)
            signal.Dispose();
    }

    private unsafe void Restore()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        fixed (Termios* before = &_before)
        {
            // Safety: it is pinned for the call, and only read. A terminal that is gone needs nothing.
            _ = tcsetattr(_number, TCSAFLUSH, before);
        }
    }

    /// <summary>struct termios of glibc on x86-64 and arm64 (bits/termios-struct.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Termios
    {
        public uint c_iflag, c_oflag, c_cflag, c_lflag;
        public byte c_line;
        public fixed byte c_cc[32];
        public uint c_ispeed, c_ospeed;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcgetattr(int fd, Termios* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcsetattr(int fd, int when, Termios* settings);
}
