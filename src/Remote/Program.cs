using System.Runtime.InteropServices;
using Phyllome.Seats.Linux;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Remote;

const string Usage = """
    Usage: phyllome-remote [--help | --version]

    The door of one seat's remote display: takes VNC viewers, at a unix socket and, where it is told, over TCP with TLS and a password, and gives
    them the display of the guest that the manager names. The service manager starts it for each connection, with the connected SOCK_SEQPACKET
    socket as standard input; the socket to listen at and those to guests' displays come over it. It ends with the connection. It takes no
    arguments.
    """;

if (ProgramArguments.Answer(args, Usage) is { } code)
    return code;

// .NET looks for certificates in the home of its user before it uses one, and fails where there is none: a user that lives as long as a service has none.
if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")))
    Environment.SetEnvironmentVariable("HOME", "/");

try
{
    using var door = new SeatDoor(SeqPacketSocket.FromDescriptor(new FileDescriptor(0)), new());
    // Not a signalfd: the runtime's own threads do not block the signal, and the kernel would give it to one of them.
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        door.Stop();
    });
    door.Run();
    return 0;
}
catch (LinuxException exception)
{
    Log.Error($"the door ends: {exception.Message}");
    return 1;
}
