using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>
/// One monitor of a desktop's by a window over all of it: two buffers of shared memory, and a commit a frame of the desktop's. It hears no key and heeds no
/// button: what is typed at the desktop goes to no guest by it. The desktop's pointer is hidden over it, where the guest has its own.
/// </summary>
internal sealed class WindowScreen : IScreen
{
    private const uint Xrgb8888 = 1, CurrentMode = 1, OutputVersion = 4, SeatVersion = 3, HasPointer = 1;
    private const int PixelSize = 4, LargestSide = 16384;

    private readonly WaylandClient _desktop;
    private readonly Dictionary<uint, Output> _outputs = [];
    private readonly bool[] _isBusy = new bool[2];
    private readonly uint[] _buffers = new uint[2];
    private BufferPair _pair = new();
    private SharedPixels? _pixels;
    private uint _compositor, _memory, _shell, _idle, _surface, _pool;
    private (int Width, int Height) _configured;
    private Output? _output;
    private bool _hasChanges, _isFrameUnderWay, _hasFlipped;
    private string? _takenBack;

    /// <param name="connection">To the desktop, of which nothing was said yet.</param>
    /// <param name="output">As the desktop calls the monitor.</param>
    public WindowScreen(FileDescriptor connection, string output)
    {
        Name = output;
        _desktop = new(new(connection), OnGlobal, OnGlobalGone);
        // The globals, then what the outputs say of themselves.
        _desktop.Sync(() => _desktop.Sync(Open));
    }

    private sealed record Output(uint Global)
    {
        public uint Id { get; set; }

        public string Name { get; set; } = "";

        public ScreenSize Millimetres { get; set; }

        public ScreenMode Mode { get; set; }

        public int Scale { get; set; } = 1;
    }

    public FileDescriptor Descriptor => _desktop.Descriptor;

    public string Name { get; }

    public ScreenSize Millimetres => _output?.Millimetres ?? default;

    public ScreenMode? Mode { get; private set; }

    public ScreenSize? Seen => Mode is { } mode ? new(mode.Width, mode.Height) : null;

    public Rotation Rotation => Rotation.None;

    public string Told => Mode is { } mode ? $"{mode}, in a window of the desktop's" : "with no window yet";

    public IReadOnlyList<uint> Objects => [];

    public bool HasChanged => Wanted != Mode;

    public string? TakenBack => _takenBack ?? ((Poll.Wait(Descriptor, PollEvents.None, TimeSpan.Zero) & PollEvents.HangUp) != 0 ? $"the desktop with the window on {Name} has ended" : null);

    /// <summary>The window's size in the monitor's own pixels; null before the desktop has said it.</summary>
    private ScreenMode? Wanted => _output is { } output && _configured is { Width: > 0, Height: > 0 }
        ? new(Math.Min(LargestSide, _configured.Width * output.Scale), Math.Min(LargestSide, _configured.Height * output.Scale), output.Mode.RefreshMillihertz) : null;

    public bool LookAtMonitor()
    {
        if (Wanted is not { } wanted || wanted == Mode)
            return false;
        CloseBuffers();
        var (pitch, size) = (wanted.Width * PixelSize, wanted.Width * PixelSize * wanted.Height);
        _pixels = new(size * 2);
        _pool = _desktop.Add(static _ => { });
        _desktop.Send(new WireWriter(_memory, 0).Add(_pool).Add(_pixels.Descriptor).Add(size * 2));
        for (var at = 0; at < _buffers.Length; at++)
        {
            var index = at;
            uint id = 0;
            // release; of a buffer of the size before it is no matter.
            id = _desktop.Add(_ => _isBusy[index] &= _buffers[index] != id);
            (_buffers[at], _isBusy[at]) = (id, false);
            _desktop.Send(new WireWriter(_pool, 0).Add(id).Add(at * size).Add(wanted.Width).Add(wanted.Height).Add(pitch).Add(Xrgb8888));
        }

        // set_buffer_scale
        _desktop.Send(new WireWriter(_surface, 8).Add(_output!.Scale));
        _pair = new();
        Mode = wanted;
        return true;
    }

    public bool Turn(Rotation rotation) => false;

    public void Changed(Area area)
    {
        _pair.Changed(area);
        _hasChanges = true;
    }

    public Placement? Show(GuestBuffer buffer, out IReadOnlyList<string> refusal)
    {
        refusal = ["Its pictures are in a graphics card's memory, and a window of the desktop shows none from there.", "Take <gl> out of its display's definition."];
        return null;
    }

    public void FrameCame()
    {
    }

    public void ShowOwn()
    {
    }

    public bool ShowPointer(Pointer? pointer, int x, int y) => false;

    public bool ShowNotice(NoticePanel? panel) => false;

    // The desktop says when the next frame is due; before, and while it reads the back buffer, nothing is drawn.
    public long? CommitAt(long now) => Mode is not null && _hasChanges && !_isFrameUnderWay && !_isBusy[_pair.Back] ? now : null;

    public bool Commit(DrawPart draw)
    {
        var mode = Mode!.Value;
        var size = mode.Width * PixelSize * mode.Height;
        var back = _pair.Back;
        var canvas = new Canvas(_pixels!.Bytes.Slice(back * size, size), mode.Width * PixelSize, mode.Width, mode.Height);
        // attach
        _desktop.Send(new WireWriter(_surface, 1).Add(_buffers[back]).Add(0).Add(0));
        foreach (var area in _pair.Lacking)
        {
            draw(canvas, area);
            var shown = area.Common(canvas.Held);
            // damage_buffer
            _desktop.Send(new WireWriter(_surface, 9).Add(shown.X).Add(shown.Y).Add(shown.Width).Add(shown.Height));
        }

        // frame, commit
        _desktop.Send(new WireWriter(_surface, 3).Add(_desktop.Add(_ => (_isFrameUnderWay, _hasFlipped) = (false, true))));
        _desktop.Send(new(_surface, 6));
        _isBusy[back] = _isFrameUnderWay = true;
        _hasChanges = false;
        _pair.Swap();
        return true;
    }

    public bool ReadFlips()
    {
        _hasFlipped = false;
        if (!_desktop.Dispatch())
            throw TakeBack(Errno.ECONNRESET, $"the desktop with the window on {Name} has ended");
        return _hasFlipped;
    }

    public void Dispose()
    {
        _desktop.Dispose();
        _pixels?.Dispose();
    }

    private void OnGlobal(WaylandGlobal global)
    {
        switch (global.Interface)
        {
            case "wl_compositor" when global.Version >= 4:
                _compositor = _desktop.Bind(global, 4, static _ => { });
                break;
            case "wl_shm":
                _memory = _desktop.Bind(global, 1, static _ => { });
                break;
            case "xdg_wm_base":
                // ping, pong
                _shell = _desktop.Bind(global, 1, message => _desktop.Send(new WireWriter(_shell, 3).Add(message.ReadUint())));
                break;
            case "zwp_idle_inhibit_manager_v1":
                _idle = _desktop.Bind(global, 1, static _ => { });
                break;
            case "wl_seat" when global.Version >= SeatVersion:
                HidePointer(global);
                break;
            case "wl_output" when global.Version >= OutputVersion:
                var output = new Output(global.Name);
                _outputs[global.Name] = output;
                output.Id = _desktop.Bind(global, OutputVersion, message => OnOutput(output, message));
                break;
        }
    }

    private void HidePointer(WaylandGlobal global)
    {
        var (seat, pointer) = (0u, 0u);
        seat = _desktop.Bind(global, SeatVersion, message =>
        {
            // capabilities
            if (message.Opcode != 0 || (message.ReadUint() & HasPointer) != 0 == (pointer != 0))
                return;
            if (pointer != 0)
            {
                // release
                _desktop.Send(new(pointer, 1));
                pointer = 0;
                return;
            }

            var added = 0u;
            added = pointer = _desktop.Add(heard =>
            {
                // enter; set_cursor, to none.
                if (heard.Opcode == 0 && added == pointer)
                    _desktop.Send(new WireWriter(added, 0).Add(heard.ReadUint()).Add(0u).Add(0).Add(0));
            });
            // get_pointer
            _desktop.Send(new WireWriter(seat, 0).Add(pointer));
        });
    }

    private void OnGlobalGone(uint name)
    {
        if (_output?.Global == name)
            throw TakeBack(Errno.ENODEV, $"the desktop does not show the monitor {Name} any more");
        _outputs.Remove(name);
    }

    private static void OnOutput(Output output, WireMessage message)
    {
        switch (message.Opcode)
        {
            case 0:
                // geometry: where it is, then how large.
                _ = (message.ReadInt(), message.ReadInt());
                output.Millimetres = new(message.ReadInt(), message.ReadInt());
                break;
            case 1 when (message.ReadUint() & CurrentMode) != 0:
                output.Mode = new(message.ReadInt(), message.ReadInt(), message.ReadInt());
                break;
            case 3:
                output.Scale = Math.Clamp(message.ReadInt(), 1, 8);
                break;
            case 4:
                output.Name = message.ReadString();
                break;
        }
    }

    private void Open()
    {
        if (_compositor == 0 || _memory == 0 || _shell == 0)
            throw new LinuxException(Errno.EOPNOTSUPP, "the desktop lacks what a window takes (wl_compositor 4, wl_shm, xdg_wm_base)");
        _output = _outputs.Values.FirstOrDefault(output => output.Name == Name) ?? throw new LinuxException(Errno.ENODEV, $"the desktop does not show a monitor {Name}");
        _surface = _desktop.Add(static _ => { });
        _desktop.Send(new WireWriter(_compositor, 0).Add(_surface));
        uint shown = 0;
        shown = _desktop.Add(message =>
        {
            // configure, ack_configure
            _desktop.Send(new WireWriter(shown, 4).Add(message.ReadUint()));
        });
        _desktop.Send(new WireWriter(_shell, 2).Add(shown).Add(_surface));
        var window = _desktop.Add(OnWindow);
        _desktop.Send(new WireWriter(shown, 1).Add(window));
        _desktop.Send(new WireWriter(window, 2).Add("Phyllome Seats"));
        _desktop.Send(new WireWriter(window, 3).Add("org.phyllome.Seats"));
        // set_fullscreen
        _desktop.Send(new WireWriter(window, 11).Add(_output.Id));
        // Nobody touches the desktop's own keyboard while somebody works at this monitor: it is not to go dark.
        if (_idle != 0)
            _desktop.Send(new WireWriter(_idle, 1).Add(_desktop.Add(static _ => { })).Add(_surface));
        _desktop.Send(new(_surface, 6));
    }

    private void OnWindow(WireMessage message)
    {
        switch (message.Opcode)
        {
            case 0:
                var size = (message.ReadInt(), message.ReadInt());
                // The desktop leaves it to us: as large as the monitor.
                _configured = size is ( > 0, > 0) ? size : (_output!.Mode.Width / _output.Scale, _output.Mode.Height / _output.Scale);
                break;
            case 1:
                throw TakeBack(Errno.ECONNRESET, $"somebody has closed the window on {Name}");
        }
    }

    private LinuxException TakeBack(Errno errno, string sentence)
    {
        _takenBack = sentence;
        return new(errno, sentence);
    }

    private void CloseBuffers()
    {
        if (_pixels is null)
            return;
        foreach (var buffer in _buffers)
            _desktop.Send(new(buffer, 0));
        _desktop.Send(new(_pool, 1));
        _pixels.Dispose();
        _pixels = null;
    }
}
