using System.Diagnostics;
using System.Net.Sockets;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>QEMU and its private bus, under a shell that ends both, and removes their folder, when its standard input ends: that is when
/// this object is disposed, and also when our process is killed. (PR_SET_PDEATHSIG counts from the thread that forked, and .NET's threads
/// end; the shell has one thread, so between the shell and its two children it works.) A session of its own keeps Ctrl-C from them.</summary>
sealed class Machine : IAsyncDisposable
{
    const string Script = """
        folder=$1; shift
        trap '' PIPE
        exec 3<&0
        mkfifo "$folder/bus-is-up"
        setpriv --pdeathsig KILL dbus-daemon --config-file="$folder/bus.conf" --nofork --print-address=1 > "$folder/bus-is-up" 2> "$folder/bus.log" 3<&- &
        bus=$!
        read -r _ < "$folder/bus-is-up"
        TMPDIR=$folder setpriv --pdeathsig KILL "$@" > "$folder/qemu.log" 2>&1 3<&- &
        qemu=$!
        (read -r _ <&3; kill -KILL $qemu $bus 2>&-) &
        held=$!
        # The shell would say 'Killed' on the terminal.
        exec 2> /dev/null
        wait $qemu
        echo ended
        wait $held
        wait
        rm -rf "$folder"
        """;

    const string BusConfiguration = """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig><type>session</type><listen>unix:path=SOCKET</listen>
        <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
        """;

    readonly Process _supervisor;
    readonly Socket _ready;
    readonly PcFiles _files;

    Machine(Process supervisor, Socket ready, PcFiles files, Qmp qmp, Task ended) =>
        (_supervisor, _ready, _files, Qmp, Ended) = (supervisor, ready, files, qmp, ended);

    internal Qmp Qmp { get; }

    /// <summary>Completes when QEMU has ended.</summary>
    internal Task Ended { get; }

    /// <summary>Starts QEMU with its processors stopped: nothing runs before <see cref="Qmp"/> says 'cont'.</summary>
    internal static async Task<Machine> StartAsync(PcHardware hardware, PcFiles files, Accelerator accelerator, CancellationToken cancellation)
    {
        Directory.CreateDirectory(files.Share);
        await File.WriteAllTextAsync(Path.Combine(files.Folder, "bus.conf"), BusConfiguration.Replace("SOCKET", files.Bus, StringComparison.Ordinal), cancellation);
        using var qmpListener = Listen(files.Qmp);
        using var readyListener = Listen(files.Ready);
        var supervisor = Process.Start(new ProcessStartInfo(Tools.Located("setsid"),
            ["sh", "-c", Script, "virtual-pc", files.Folder, "qemu-system-x86_64", .. CommandLine.For(hardware, files, accelerator)])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var ended = supervisor.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask();
        try
        {
            return await Deadline.WithinAsync(TimeSpan.FromSeconds(60), "QEMU to start", async token =>
            {
                var control = await AcceptAsync(qmpListener, ended, files, token);
                var ready = await AcceptAsync(readyListener, ended, files, token);
                try
                {
                    return new Machine(supervisor, ready, files, await Qmp.OpenAsync(new NetworkStream(control, ownsSocket: true), token), ended);
                }
                catch (PcException failure)
                {
                    throw new PcException("QEMU could not start: " + LastWords(files), failure);
                }
            }, cancellation);
        }
        catch
        {
            await EndAsync(supervisor);
            throw;
        }
    }

    /// <summary>Waits for the line that the PC writes when its services are up.</summary>
    internal async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var said = new byte[64];
        var hears = _ready.ReceiveAsync(said.AsMemory(), cancellation).AsTask();
        await Task.WhenAny(hears, Ended);
        if (Ended.IsCompleted || await hears == 0) throw new PcException("QEMU ended while the virtual PC booted: " + LastWords(_files));
    }

    static async Task<Socket> AcceptAsync(Socket listener, Task ended, PcFiles files, CancellationToken cancellation)
    {
        var accepts = listener.AcceptAsync(cancellation).AsTask();
        await Task.WhenAny(accepts, ended);
        return ended.IsCompleted ? throw new PcException("QEMU could not start: " + LastWords(files)) : await accepts;
    }

    static string LastWords(PcFiles files)
    {
        var log = string.Join('\n', new[] { Path.Combine(files.Folder, "bus.log"), files.QemuLog, files.SerialLog }.Where(File.Exists).Select(File.ReadAllText));
        return log.Length > 2000 ? "..." + log[^2000..] : log;
    }

    static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    static async Task EndAsync(Process supervisor)
    {
        supervisor.StandardInput.Close();
        await supervisor.WaitForExitAsync();
        supervisor.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_supervisor);
        await Qmp.DisposeAsync();
        _ready.Dispose();
    }
}
