using System.Runtime.InteropServices;
using Phyllome.Seats.Linux;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter;

const string Usage = """
    Usage: phyllome-presenter [--help | --version]

    Shows a guest, or what became of it, or the host's own page, on one monitor. The service manager starts it for each connection, with the connected
    SOCK_SEQPACKET socket as standard input; a lease of the monitor and a socket to the guest's display come over it. It ends with the
    connection. It takes no arguments.
    """;

if (ProgramArguments.Answer(args, Usage) is { } code)
    return code;

try
{
    using var presenter = new SeatPresenter(SeqPacketSocket.FromDescriptor(new FileDescriptor(0)));
    // Not a signalfd: the runtime's own threads do not block the signal, and the kernel would give it to one of them.
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        presenter.Stop();
    });
    presenter.Run();
    return 0;
}
catch (LinuxException exception)
{
    Log.Error($"the presenter ends: {exception.Message}");
    return 1;
}
