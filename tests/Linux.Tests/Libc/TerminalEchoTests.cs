using System.Text;
using Phyllome.Seats.Linux.Libc;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libc;

public sealed class TerminalEchoTests
{
    /// <summary>A terminal of the kernel's, whose other end echoes into this one.</summary>
    [Fact]
    public void What_is_typed_is_not_shown_meanwhile_and_again_afterwards()
    {
        using var terminal = new FileStream("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        using (TerminalEcho.Off((int)terminal.SafeFileHandle.DangerousGetHandle()))
            terminal.Write("hidden\n"u8);
        terminal.Write("shown\n"u8);
        var echoed = new byte[100];
        Assert.Equal("shown\r\n", Encoding.ASCII.GetString(echoed, 0, terminal.Read(echoed)));
    }

    [Fact]
    public void What_is_no_terminal_has_nothing_to_hide()
    {
        using var nothing = FileDescriptor.OpenToRead("/dev/null");
        Assert.Null(TerminalEcho.Off(nothing.Number));
    }
}
