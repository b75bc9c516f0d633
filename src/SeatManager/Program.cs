using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Phyllome.Seats.SeatManager;
using Phyllome.Seats.SeatManager.Bus;
using Serilog;
using Serilog.Events;

const string Help = """
    Usage: phyllome-seatd [release | --help | --version]

      (nothing)   watch the devices and keep the seats of /etc/phyllome/seats.toml up
      release     take the seats' inputs out of the guests that run, and end

    Environment (for trials; systemd sets the first two):
      STATE_DIRECTORY                where the journal of steps is       /var/lib/phyllome-seats
      RUNTIME_DIRECTORY              which guests were started           nothing is kept
      PHYLLOME_SEATS_CONFIGURATION   the configuration                   /etc/phyllome/seats.toml
      PHYLLOME_SEATS_RUNTIME         the router's and helper's sockets   /run/phyllome-seats
      PHYLLOME_SEATS_LIBVIRT         whose guests                        qemu:///system
      PHYLLOME_SEATS_SYS             sysfs, for displays and cards       /sys
      PHYLLOME_SEATS_RULES           what udev keeps off the host        /run/udev/rules.d/72-phyllome-seats-devices.rules
    """;

switch (args)
{
    case []:
        break;
    case ["release"]:
        return await Release.RunAsync(ManagerOptions.FromEnvironment(), Console.Out, Console.Error);
    case ["--help"] or ["-h"]:
        Console.WriteLine(Help);
        return 0;
    case ["--version"]:
        Console.WriteLine($"phyllome-seatd {typeof(SeatService).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    default:
        Console.Error.WriteLine($"phyllome-seatd: what is '{string.Join(' ', args)}'? See: phyllome-seatd --help");
        return 2;
}

var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "phyllome-seatd" });
builder.Services.AddSystemd();
builder.Services.AddSerilog(log => log
    .MinimumLevel.Information()
    .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
    .WriteTo.Console(new LineFormatter(SystemdHelpers.IsSystemdService())));
builder.Services.AddManager(ManagerOptions.FromEnvironment());
builder.Services.AddSeatsBus();
try
{
    await builder.Build().RunAsync();
}
catch (InvalidOperationException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

// Set where the host had to stop by itself: systemd then starts it again.
return Environment.ExitCode;
