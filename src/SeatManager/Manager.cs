using System.Runtime.Versioning;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phyllome.Seats.DisplayAssign;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Udev;
using Phyllome.Seats.Planning;
using Phyllome.Seats.SeatManager.Desktops;
using Phyllome.Seats.SeatManager.Devices;
using Phyllome.Seats.SeatManager.Observing;
using Phyllome.Seats.SeatManager.Pinning;
using Phyllome.Seats.SeatManager.Remembering;
using Phyllome.Seats.SeatManager.Remote;
using Phyllome.Seats.SeatManager.Routing;
using Phyllome.Seats.SeatManager.Screens;
using Phyllome.Seats.SeatManager.Seating;
using Phyllome.Seats.SeatManager.Sleeping;
using Phyllome.Seats.SeatManager.Steps;
using Phyllome.Seats.VmBridge;
using MemoryFile = Phyllome.Seats.SeatManager.Remembering.MemoryFile;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.SeatManager;

/// <summary>Puts the manager together.</summary>
internal static class Manager
{
    private static readonly TimeSpan HelperDeadline = TimeSpan.FromSeconds(15);
    /// <summary>A card that has not changed its driver by then is stuck. One with much memory is let go of, reset and taken in seconds.</summary>
    private static readonly TimeSpan GpuHelperDeadline = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan RouterDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Adds all but the D-Bus API, which needs no more than the <see cref="ISeatService"/>.</summary>
    /// <param name="devices">Where the input devices come from; this machine's udev unless a test has others.</param>
    public static IServiceCollection AddManager(this IServiceCollection services, ManagerOptions options, ISight<DevicesObserved>? devices = null)
    {
        services.AddSingleton<SeatService>();
        services.AddSingleton<ISeatService>(provider => provider.GetRequiredService<SeatService>());
        services.AddSingleton(_ => new GuestHost(options.LibvirtUri));
        services.AddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Phyllome.Seats");
            return new MonitorLender(options.PresenterSocket, descriptor => new LendingCard(descriptor), ServiceManager.Store, ServiceManager.Forget, warning => Warnings.Log(log, warning))
            {
                GiveBack = provider.GetRequiredService<SessionDesktops>().GiveBack,
            };
        });
        services.AddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Phyllome.Seats");
            return new SessionDesktops(options.DesktopSocket, () => LoginSessions.PersonAt("seat0"), ServiceManager.Store, ServiceManager.Forget, warning => Warnings.Log(log, warning));
        });
        services.AddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Phyllome.Seats");
            return new RemoteDoors(
                options.RemoteSocket, options.RemoteFolder, new DoorCertificates(options.StateDirectory, Environment.MachineName).Load, Users.IdOf, ServiceManager.Store, ServiceManager.Forget,
                warning => Warnings.Log(log, warning));
        });
        services.AddAkka("seats", (akka, _) => akka
            .AddHocon(
                ConfigurationFactory.ParseString(
                    $$"""
                    akka.scheduler.implementation = "{{typeof(QuietScheduler).FullName}}, {{typeof(QuietScheduler).Assembly.GetName().Name}}"
                    akka.coordinated-shutdown.default-phase-timeout = 2s
                    """),
                HoconAddMode.Prepend)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .WithActors((system, _, resolver) => Start(system, resolver.GetService<IServiceProvider>(), options, devices ?? new UdevDevices())));
        services.AddHostedService<FirstPlan>();
        return services;
    }

    private static void Start(ActorSystem system, IServiceProvider provider, ManagerOptions options, ISight<DevicesObserved> devices)
    {
        var logs = provider.GetRequiredService<ILoggerFactory>();
        var log = logs.CreateLogger("Phyllome.Seats");
        var service = provider.GetRequiredService<SeatService>();
        var guests = provider.GetRequiredService<GuestHost>();
        var router = system.ActorOf(RouterActor.Props(options.RouterSocket, RouterDeadline, log), "router");
        var memory = new MemoryFile(options.StateDirectory);
        var (remembered, damage) = memory.Load();
        if (damage is not null)
            Warnings.Log(log, damage);
        var started = options.LifeDirectory is { } life ? new StartedFile(life) : null;
        var hostRules = options.HostRulesFile is { } rules ? new HostRulesFile(rules) : null;
        IActorRef seats = ActorRefs.Nobody;
        var journal = new StepJournal(options.StateDirectory, TimeProvider.System, log);
        var configuration = system.ActorOf(ObserverActor<ConfigurationObserved>.Props(options.ConfigurationFile, new ConfigurationFile(options.ConfigurationFile)), "configuration");
        var watched = system.ActorOf(GuestsActor.Props(guests), "guests");
        var gpuHelper = new HelperClient(options.GpuHelperSocket, GpuHelperDeadline);
        var processors = system.ActorOf(
            ProcessorsActor.Props(
                [configuration, watched], () => HostTopologyReader.Read(options.SysRoot), gpu => HostTopologyReader.NodeOf(gpu, options.SysRoot), guests.PinAsync,
                (cpus, stopped) => SteerAsync(gpuHelper, cpus, stopped), File.Exists(options.InterruptsRecord)),
            "processors");
        var lender = provider.GetRequiredService<MonitorLender>();
        lender.Changed += screens => seats.Tell(new ScreensObserved(screens));
        var kept = ServiceManager.TakeDescriptors().ToLookup(one => DoorName.SeatOf(one.Name) is not null ? Kept.Door : DesktopName.NumberOf(one.Name) is not null ? Kept.Desktop : Kept.Screen);
        var desktops = provider.GetRequiredService<SessionDesktops>();
        desktops.Changed += there => seats.Tell(new DesktopsObserved(there));
        desktops.Ended += lender.OnEnded;
        desktops.Restore(kept[Kept.Desktop]);
        lender.Restore(kept[Kept.Screen], desktops.HasLent);
        // Without it presenters show on, so that nothing is to be ended with the manager.
        var displays = new GuestDisplays(guests.OpenDisplayAsync, lender.ForgetTold);
        var doors = provider.GetRequiredService<RemoteDoors>();
        doors.Changed += open => seats.Tell(new DoorsObserved(open));
        doors.Asked += (seat, asks) => seats.Tell(new ViewerWaits(seat, asks.Viewer));
        doors.Restore(kept[Kept.Door]);
        var viewers = new Viewers(doors, guests.OpenVncAsync, warning => Warnings.Log(log, warning));
        var runner = new StepRunner(
            new(options.HelperSocket, HelperDeadline), gpuHelper, router, processors, guests, gpu => GpuInventory.Functions(gpu, options.SysRoot),
            gpu => GpuInventory.RenderNode(gpu, options.SysRoot), warning => Warnings.Log(log, warning),
            lender, displays, doors, desktops, new(options.SysRoot), () => seats.Tell(hostRules!.Read()));
        var sleep = system.ActorOf(SleepActor.Props(options.BusAddress, new GuestPauses(guests), new(options.StateDirectory), log), "sleep");
        var observers = new List<IActorRef>
        {
            sleep,
            system.ActorOf(ObserverActor<DevicesObserved>.Props("the input devices", devices), "devices"),
            system.ActorOf(ObserverActor<DisplaysObserved>.Props("the displays", new MachineDisplays(options.SysRoot, lender.LookAtConnectors)), "displays"),
            configuration,
            watched,
            processors,
        };
        if (hostRules is not null)
            observers.Add(system.ActorOf(ObserverActor<HostRulesObserved>.Props(options.HostRulesFile!, hostRules), "host-rules"));
        seats = system.ActorOf(
            SeatsActor.Props(
                new(
                    observers.ToValueList(),
                    router,
                    (factory, seat) => factory.ActorOf(SeatActor.Props(seat, runner, journal, log), $"seat-{seat}"),
                    SeatPlanner.Plan,
                    StatusDrawing.Draw,
                    service.Publish,
                    guests.ShutdownAsync,
                    service.OnPlanned)
                {
                    Remembered = remembered,
                    Screens = lender.Screens,
                    Desktops = desktops.Desktops,
                    Doors = doors.Doors,
                    LetIn = (seat, viewer, guest, stopped) => viewers.LetInAsync(seat, viewer, guest.Uuid, guest.Name, guest.Vnc!.Value, stopped),
                    TurnAway = viewers.TurnAway,
                    EndViewers = doors.EndViewers,
                    HostName = Environment.MachineName,
                    Remember = memory.Save,
                    Started = started?.Load() ?? [],
                    KeepStarted = guests => started?.Save(guests),
                    Sleep = wish => sleep.Tell(wish),
                    Notify = (seat, notice) =>
                    {
                        if (seat.MainMonitor is { } connector)
                            lender.Notify(connector, notice);
                    },
                    BreakOff = guests.BreakOffAsync,
                },
                log),
            "seats");
        // What has changed since it was put together, before there was anybody to tell.
        lender.Tell();
        desktops.Tell();
        doors.Tell();
        WatchCards(lender, log);
        TakeDesktops(desktops, log);
        service.Connect(seats);
        guests.Watch();
    }

    /// <summary>What the service manager keeps over our own end.</summary>
    private enum Kept
    {
        Screen,
        Desktop,
        Door,
    }

    private static async Task SteerAsync(HelperClient helper, ValueList<int> cpus, CancellationToken cancellation)
    {
        var reply = await helper.AskAsync(new([new SteerInterrupts(cpus)]), cancellation).ConfigureAwait(false);
        if (reply.Results is [{ Errno: not 0 } failed])
            throw new StepException(failed.Sentence ?? "the device helper refused it");
    }

    /// <summary>A presenter sees nothing of udev. Where that can't be watched, a monitor that is exchanged is shown with the mode of the one before.</summary>
    private static void WatchCards(MonitorLender lender, ILogger log)
    {
        void Failed(Exception failure) => Warnings.Log(log, $"Could not watch the connectors of graphics cards: {failure.Message}; monitors that are exchanged keep their mode until the manager is started again.");
        try
        {
            lender.Watch(changed => new UdevWatch(_ => changed(), Failed, "drm"));
        }
        catch (IOException failure)
        {
            Failed(failure);
        }
    }

    /// <summary>Where the socket can't be made, or logind not be watched, all is as it is without a desktop.</summary>
    private static void TakeDesktops(SessionDesktops desktops, ILogger log)
    {
        void Failed(Exception failure) => Warnings.Log(log, $"Could not take monitors of desktops: {failure.Message}; seats get those alone whose card no desktop has, until the manager is started again.");
        try
        {
            desktops.Watch(changed => LoginSessions.Watch(changed, Failed));
            desktops.Listen();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Failed(failure);
        }
    }

    /// <summary>Holds back the host's start, and with it systemd's READY, until there is a first plan.</summary>
    private sealed class FirstPlan(SeatService service) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => service.Planned.WaitAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>What a step has to say although it was done.</summary>
internal static partial class Warnings
{
    [LoggerMessage(EventId = 330, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Log(ILogger log, string warning);
}
