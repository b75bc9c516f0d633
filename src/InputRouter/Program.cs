using System.Runtime.InteropServices;
using Phyllome.Seats.InputRouter;
using Phyllome.Seats.Linux;
using Phyllome.Seats.Linux.Libc;

const string Usage = """
    Usage: phyllome-input-router [--help | --version]

    Moves input events from physical devices to the virtual devices of guests. The service manager starts it, with two listening
    SOCK_SEQPACKET sockets: 'router' for the manager, 'devices' for the device helper. It takes no arguments.
    """;

if (ProgramArguments.Answer(args, Usage) is { } code)
    return code;

try
{
    return Serve();
}
catch (LinuxException exception)
{
    Log.Error(exception.Message);
    return 1;
}

static int Serve()
{
    SeqPacketSocket? managers = null, devices = null;
    var stored = new List<(string Name, FileDescriptor Descriptor)>();
    foreach (var (name, descriptor) in ServiceManager.TakeDescriptors())
    {
        if (name == "router")
            managers = SeqPacketSocket.FromDescriptor(descriptor);
        else if (name == "devices")
            devices = SeqPacketSocket.FromDescriptor(descriptor);
        else
            stored.Add((name, descriptor));
    }

    if (managers is null || devices is null)
    {
        Log.Error("could not start: the sockets 'router' and 'devices' were not passed; start phyllome-input-router.service, not the program");
        return 1;
    }

    using var router = new Router(managers, devices, new KernelDevices(), new ServiceManagerStore());
    router.Restore(stored);
    if (ServiceManager.WatchdogPeriod is { } period)
        router.Guard(period, ServiceManager.Alive);

    // Not a signalfd: the runtime's own threads do not block the signal, and the kernel would give it to one of them.
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
    {
        context.Cancel = true;
        router.Stop();
    });
    foreach (var lacking in Urgency.Take())
        Log.Warning(lacking);
    ServiceManager.Ready();
    router.Run();
    router.ReleaseAll();
    ServiceManager.Stopping();
    return 0;
}
