using System.Reflection;
using Phyllome.Seats.DeviceHelper;
using Phyllome.Seats.Linux.Libc;

const string Usage = """
    Usage: phyllome-device-helper [--help | --version]

    Does the privileged operations that one connection asks for, and exits. The service manager starts it for each connection, with
    the connected SOCK_SEQPACKET socket as standard input. It takes no arguments.
    """;

switch (args)
{
    case []:
        break;
    case ["--help"]:
        Console.WriteLine(Usage);
        return 0;
    case ["--version"]:
        var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Console.WriteLine($"phyllome-device-helper {version}");
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

try
{
    using var socket = SeqPacketSocket.FromDescriptor(new FileDescriptor(0));
    return Requests.Serve(socket, () => new Operations(Machine.Real, Console.Error), Console.Error) ? 0 : 1;
}
catch (LinuxException exception)
{
    Console.Error.WriteLine($"<3>could not serve a request: {exception.Message}");
    return 1;
}
