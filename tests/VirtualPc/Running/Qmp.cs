using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Phyllome.Seats.VirtualPc.Running;

/// <summary>QEMU's machine protocol: a command a line, its answer by id, events in between.</summary>
sealed class Qmp : IAsyncDisposable
{
    readonly Stream _stream;
    readonly StreamReader _reader;
    readonly SemaphoreSlim _writing = new(1);
    readonly ConcurrentDictionary<long, TaskCompletionSource<JsonNode?>> _asked = new();
    readonly Lock _watching = new();
    readonly List<Channel<JsonObject>> _watchers = [];
    readonly Task _listening;
    long _last;

    Qmp(Stream stream, StreamReader reader)
    {
        _stream = stream;
        _reader = reader;
        _listening = Task.Run(ListenAsync);
    }

    internal static async Task<Qmp> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        return await OpenAsync(new NetworkStream(socket, ownsSocket: true), cancellation);
    }

    /// <summary>Reads the greeting and leaves the negotiation mode.</summary>
    internal static async Task<Qmp> OpenAsync(Stream stream, CancellationToken cancellation)
    {
        var reader = new StreamReader(stream);
        var greeting = await reader.ReadLineAsync(cancellation);
        if (greeting is null || JsonNode.Parse(greeting)?["QMP"] is null)
            throw new PcException($"QEMU's control socket did not greet as QMP but said '{greeting}'.");
        var qmp = new Qmp(stream, reader);
        await qmp.DoAsync("qmp_capabilities", null, cancellation);
        return qmp;
    }

    /// <summary>Runs a command and gives its 'return' value.</summary>
    internal async Task<JsonNode?> DoAsync(string command, JsonObject? arguments, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        if (_listening.IsCompleted) Fail();
        var message = new JsonObject { ["execute"] = command, ["id"] = id };
        if (arguments is not null) message["arguments"] = arguments;
        await _writing.WaitAsync(cancellation);
        try
        {
            await _stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(message).Append((byte)'\n').ToArray(), cancellation);
        }
        catch (IOException)
        {
            Fail();
        }
        finally
        {
            _writing.Release();
        }
        try
        {
            return await answer.Task.WaitAsync(cancellation);
        }
        catch (PcException failure)
        {
            throw new PcException($"The virtual PC refused '{command}': {failure.Message}", failure);
        }
        finally
        {
            _asked.TryRemove(id, out _);
        }
    }

    internal async Task<string> MonitorAsync(string line, CancellationToken cancellation) =>
        (string?)await DoAsync("human-monitor-command", new JsonObject { ["command-line"] = line }, cancellation) ?? "";

    /// <summary>Begins to collect events now; read them from the result.</summary>
    internal EventWatch Watch()
    {
        var channel = Channel.CreateUnbounded<JsonObject>();
        lock (_watching) _watchers.Add(channel);
        return new EventWatch(this, channel);
    }

    async Task ListenAsync()
    {
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
            {
                if (JsonNode.Parse(line) is not JsonObject message) continue;
                if (message.ContainsKey("event"))
                {
                    lock (_watching) foreach (var watcher in _watchers) watcher.Writer.TryWrite(message);
                }
                else if ((long?)message["id"] is { } id && _asked.TryGetValue(id, out var answer))
                {
                    if (message["error"] is { } error) answer.TrySetException(new PcException((string?)error["desc"] ?? error.ToJsonString()));
                    else answer.TrySetResult(message["return"]);
                }
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // The same as an end of the stream: QEMU is gone.
        }
        Fail();
    }

    void Fail()
    {
        foreach (var answer in _asked.Values) answer.TrySetException(new PcException("QEMU has ended."));
        lock (_watching) foreach (var watcher in _watchers) watcher.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _listening;
        _reader.Dispose();
        _writing.Dispose();
    }

    internal sealed class EventWatch(Qmp qmp, Channel<JsonObject> channel) : IDisposable
    {
        internal async Task<JsonObject> NextAsync(Func<JsonObject, bool> wanted, CancellationToken cancellation)
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(cancellation))
                if (wanted(happened)) return happened;
            throw new PcException("QEMU ended before the event that was waited for.");
        }

        public void Dispose()
        {
            lock (qmp._watching) qmp._watchers.Remove(channel);
        }
    }
}
