using System.Threading.Channels;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Sleeping;

/// <summary>A lock that somebody took, as logind knows it: a pipe whose other end they hold.</summary>
internal sealed record TakenLock(string What, string Who, string Why, string Mode, FileDescriptor Pipe)
{
    /// <summary>Ends when the last holder has closed it.</summary>
    public async Task ReleasedAsync() => Assert.Equal(0, await Task.Run(() => Pipe.TryRead(new byte[1], out _)).WaitAsync(TimeSpan.FromSeconds(20)));
}

/// <summary>logind on a private bus: it gives locks, and says when the host sleeps as the test says.</summary>
internal sealed class FakeLogind : IAsyncDisposable
{
    private const string Path = "/org/freedesktop/login1", Manager = "org.freedesktop.login1.Manager";

    private readonly BusConnection _bus;
    private readonly Channel<TakenLock> _locks = Channel.CreateUnbounded<TakenLock>();

    private FakeLogind(BusConnection bus) => _bus = bus;

    public bool Preparing { get; private init; }

    public static async Task<FakeLogind> StartAsync(string address, bool preparing = false)
    {
        var logind = new FakeLogind(BusConnection.OpenAddress(address)) { Preparing = preparing };
        await logind._bus.ExportAsync(Path, logind.Interface);
        await logind._bus.RequestNameAsync("org.freedesktop.login1");
        return logind;
    }

    /// <summary>The next lock that is taken.</summary>
    public async Task<TakenLock> NextAsync() => await _locks.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public Task PrepareForSleepAsync(bool sleeps) => _bus.EmitSignalAsync(Path, Manager, "PrepareForSleep", body => body.Write(sleeps));

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private BusInterface Interface => new(
        Manager,
        [
            new("Inhibit", [new("what", "s"), new("who", "s"), new("why", "s"), new("mode", "s")], [new("pipe_fd", "h")], (_, arguments) =>
            {
                var (read, write) = FileDescriptor.Pipe(nonBlocking: false);
                _locks.Writer.TryWrite(new(arguments.ReadString(), arguments.ReadString(), arguments.ReadString(), arguments.ReadString(), read));
                return Task.FromResult<WriteBody?>(body =>
                {
                    body.Write(write);
                    write.Dispose();
                });
            }),
        ],
        [new("PreparingForSleep", "b", body => body.Write(Preparing))],
        [new("PrepareForSleep", [new("start", "b")])]);
}
