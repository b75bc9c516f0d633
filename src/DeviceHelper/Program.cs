using Phyllome.Seats.DeviceHelper;
using Phyllome.Seats.Linux;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Planning;

const string Usage = """
    Usage: phyllome-device-helper [rules | no-rules | interrupts-back | --help | --version]

      (nothing)   do the privileged operations that one connection asks for: the service manager starts it for each connection,
                  with the connected SOCK_SEQPACKET socket as standard input
      rules       have udev keep off the host what the configuration and the memory give to seats
      no-rules    have udev give all of it to the host again
      interrupts-back
                  have the processors that did handle the interrupts of the host's devices again
    """;

switch (args)
{
    case ["rules" or "no-rules"]:
        return Replace(args[0] == "rules");
    case ["interrupts-back"]:
        return InterruptsBack();
}

if (ProgramArguments.Answer(args, Usage) is { } code)
    return code;

try
{
    using var socket = SeqPacketSocket.FromDescriptor(new FileDescriptor(0));
    return Requests.Serve(socket, () => new Operations(Machine.Real, new SystemUdev(), Console.Error), Console.Error) ? 0 : 1;
}
catch (LinuxException exception)
{
    Console.Error.WriteLine($"<3>could not serve a request: {exception.Message}");
    return 1;
}

static int Replace(bool rules) => Do("change what udev keeps off the host", () =>
{
    Directory.CreateDirectory(Path.GetDirectoryName(UdevRules.File)!);
    new HostRulesFile(UdevRules.File, new SystemUdev()).Replace(
        rules ? new HostRulesAtBoot("/sys", "/etc/phyllome/seats.toml", "/var/lib/phyllome-seats/" + MemoryText.FileName, Console.Error).Make() : []);
});

static int InterruptsBack() => Do("have the interrupts handled where they were before", () =>
    new Interrupts(Machine.Real.Interrupts, Machine.Real.InterruptsRecord).Steer([]));

static int Do(string what, Action change)
{
    try
    {
        change();
        return 0;
    }
    catch (Exception failure) when (failure is OperationException or LinuxException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"<3>could not {what}: {failure.Message}");
        return 1;
    }
}
