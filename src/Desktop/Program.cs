using System.Runtime.InteropServices;
using Phyllome.Seats.Desktop;
using Phyllome.Seats.Linux;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;

const string Usage = """
    Usage: phyllome-desktop [--help | --version]

    Lends monitors of the desktop in whose session it runs to the seats that name them. It asks the desktop (Wayland) which monitors it has and which it
    offers for lease, tells the manager of Phyllome Seats, and gives it those that it asks for, by a lease or a window. It ends with the desktop. It
    takes no arguments.

    WAYLAND_DISPLAY and XDG_RUNTIME_DIR say where the desktop is, PHYLLOME_SEATS_RUNTIME where the manager's sockets are (/run/phyllome-seats).
    """;

if (ProgramArguments.Answer(args, Usage) is { } code)
    return code;

string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

if (Variable("WAYLAND_DISPLAY") is not { } display || (!Path.IsPathRooted(display) && Variable("XDG_RUNTIME_DIR") is null))
{
    Log.Error("no monitor is lent: WAYLAND_DISPLAY and XDG_RUNTIME_DIR do not say where the desktop is; start it in the session of a Wayland desktop");
    return 1;
}

try
{
    var desktop = Path.IsPathRooted(display) ? display : Path.Combine(Variable("XDG_RUNTIME_DIR")!, display);
    using var agent = new DesktopAgent(() => WaylandSocket.ConnectTo(desktop), Path.Combine(Variable("PHYLLOME_SEATS_RUNTIME") ?? "/run/phyllome-seats", "desktop", "manager.sock"), CardNodes.NameOf);
    // Not a signalfd: the runtime's own threads do not block the signal, and the kernel would give it to one of them.
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        agent.Stop();
    });
    agent.Run();
    return 0;
}
catch (LinuxException exception)
{
    Log.Error($"no monitor is lent any more: {exception.Message}");
    return 1;
}
