using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed partial class TerminalEchoTests
{
    private const nuint TIOCSPTLCK = 0x4004_5431, TIOCGPTPEER = 0x5441;
    private const int O_RDWR = 2, O_NOCTTY = 0x100;

    /// <summary>A terminal of the kernel's, whose other end echoes into this one.</summary>
    [Fact]
    public void What_is_typed_is_not_shown_meanwhile_and_again_afterwards()
    {
        using var terminal = new FileStream("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        using var program = OtherEnd(terminal);
        using (TerminalEcho.Off((int)terminal.SafeFileHandle.DangerousGetHandle()))
        {
            terminal.Write("hidden\n"u8);
            // A worker of the kernel's takes what is typed, and echoes or not as it is then: it has when it can be read.
            Assert.Equal("hidden\n", Read(program, 7));
        }

        terminal.Write("shown\n"u8);
        Assert.Equal("shown\r\n", Read(terminal, 7));
    }

    private static string Read(FileStream from, int count)
    {
        var bytes = new byte[count];
        from.ReadExactly(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private static unsafe FileStream OtherEnd(FileStream terminal)
    {
        var (number, locked) = ((int)terminal.SafeFileHandle.DangerousGetHandle(), 0);
        // Safety: it is an int, which is only read (ioctl_tty(2)).
        Assert.Equal(0, ioctl(number, TIOCSPTLCK, (nint)(&locked)));
        var end = ioctl(number, TIOCGPTPEER, O_RDWR | O_NOCTTY);
        Assert.True(end >= 0, "the terminal's other end could not be opened");
        return new(new SafeFileHandle(end, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, nuint request, nint argument);

    [Fact]
    public void What_is_no_terminal_has_nothing_to_hide()
    {
        using var nothing = FileDescriptor.OpenToRead("/dev/null");
        Assert.Null(TerminalEcho.Off(nothing.Number));
    }
}
