using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;
using Phyllome.Seats.Presenter.Core;
using Phyllome.Seats.Presenter.Screen;
using Xunit;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>A window on one of a desktop's two monitors; the desktop is the test's, step by step on the same thread.</summary>
public sealed class WindowScreenTests : IDisposable
{
    private readonly WaylandSocket _desktop;
    private readonly WindowScreen _screen;
    private readonly Dictionary<uint, string> _kinds = new() { [1] = "wl_display" };
    private readonly List<WireMessage> _requests = [];
    private readonly List<string> _said = [];
    private readonly Dictionary<uint, (int Offset, int Width, int Height, int Pitch)> _buffers = [];
    private readonly Dictionary<uint, string> _outputs = new() { [20] = "DP-1", [21] = "DP-2" };
    private uint _window, _shown, _surface, _attached, _callback, _registry, _pointer;
    private FileDescriptor? _memory;

    public WindowScreenTests()
    {
        var (ours, its) = FileDescriptor.StreamPair(nonBlocking: false);
        (_desktop, _screen) = (new(its), new(ours, "DP-2"));
    }

    public void Dispose()
    {
        _screen.Dispose();
        _desktop.Dispose();
        _memory?.Dispose();
    }

    [Fact]
    public void It_should_be_over_all_of_its_monitor_hear_no_key_and_keep_the_desktop_awake()
    {
        Open();
        Assert.Contains("fullscreen DP-2", _said);
        Assert.Contains("inhibit idle", _said);
        Assert.DoesNotContain("get_keyboard", _said);
        Assert.DoesNotContain("get_touch", _said);
        Assert.Equal(new ScreenMode(8, 4, 60_000), _screen.Mode);
        Assert.Equal(new ScreenSize(300, 200), _screen.Millimetres);
        Assert.Equal(new ScreenSize(8, 4), _screen.Seen);
        Assert.False(_screen.ShowPointer(null, 0, 0));
    }

    [Fact]
    public void The_desktops_pointer_should_be_hidden_over_it_whenever_there_is_one()
    {
        Open();
        var seat = _kinds.First(one => one.Value == "wl_seat").Key;
        for (uint serial = 50; serial < 52; serial++)
        {
            _pointer = 0;
            Tell(new WireWriter(seat, 0).Add(0b111u));
            Tell(new WireWriter(seat, 0).Add(0b111u));
            Assert.NotEqual(0u, _pointer);
            // enter, motion
            Tell(new WireWriter(_pointer, 0).Add(serial).Add(_surface).Add(0).Add(0));
            Tell(new WireWriter(_pointer, 2).Add(1u).Add(0).Add(0));
            Assert.Single(_said, $"no cursor for {serial}");
            Tell(new WireWriter(seat, 0).Add(0b110u));
        }

        Assert.Equal(["get_pointer", "no cursor for 50", "release", "get_pointer", "no cursor for 51", "release"], _said.Where(one => one.Contains("cursor", StringComparison.Ordinal) || one is "get_pointer" or "release"));
    }

    [Fact]
    public void What_is_drawn_should_be_in_the_buffer_that_is_shown_and_only_what_changed_be_drawn_again()
    {
        Open();
        _screen.Changed(new(0, 0, 8, 4));
        Assert.Equal([new(0, 0, 8, 4)], Commit(0x11));
        Assert.All(Shown(), one => Assert.Equal(0x11, one));

        // Nothing more before the desktop asks for a frame.
        _screen.Changed(new(2, 1, 1, 1));
        Assert.Null(_screen.CommitAt(0));
        Assert.True(Frame());
        // The other buffer has nothing of it yet.
        Assert.Equal([new(0, 0, 8, 4)], Commit(0x22));

        // The first one is still the desktop's.
        Assert.True(Frame());
        _screen.Changed(new(0, 0, 1, 1));
        Assert.Null(_screen.CommitAt(0));
        var first = _buffers.Keys.Min();
        _desktop.Send(new(first, 0));
        Read();
        Assert.Equal([new(2, 1, 1, 1), new(0, 0, 1, 1)], Commit(0x33).OrderByDescending(area => area.X));
        Assert.Equal(first, _attached);
        Assert.Equal(2 * 4, Shown().Count(one => one == 0x33));
    }

    [Fact]
    public void It_should_stay_as_the_desktop_has_its_monitor_stand()
    {
        Open();
        Assert.False(_screen.Turn(Rotation.Clockwise));
        Assert.Equal((Rotation.None, new ScreenSize(8, 4)), (_screen.Rotation, _screen.Seen!.Value));
    }

    [Fact]
    public void Another_size_should_make_other_buffers()
    {
        Open();
        _screen.Changed(new(0, 0, 8, 4));
        Commit(0x11);
        Configure(10, 6);
        Assert.True(_screen.HasChanged);
        Assert.True(_screen.LookAtMonitor());
        Assert.Equal((10, 6), (_screen.Mode!.Value.Width, _screen.Mode.Value.Height));
        Assert.False(_screen.LookAtMonitor());
        Frame();
        _screen.Changed(new(0, 0, 10, 6));
        Commit(0x44);
        Assert.Equal(10 * 6 * 4, Shown().Count(one => one == 0x44));
    }

    [Fact]
    public void On_a_desktop_that_shows_all_twice_as_large_it_should_have_the_monitors_own_pixels()
    {
        Open(scale: 2);
        Assert.Equal((8, 4), (_screen.Mode!.Value.Width, _screen.Mode.Value.Height));
        Serve();
        Assert.Contains("scale 2", _said);
    }

    [Fact]
    public void A_window_that_is_closed_a_monitor_that_goes_and_a_desktop_that_ends_should_end_it()
    {
        Open();
        _desktop.Send(new(_window, 1));
        Assert.Contains("somebody has closed the window on DP-2", Assert.Throws<LinuxException>(Read).Message, StringComparison.Ordinal);
        _desktop.Send(new WireWriter(_registry, 1).Add(20u));
        Read();
        _desktop.Send(new WireWriter(_registry, 1).Add(21u));
        Assert.Equal(Errno.ENODEV, Assert.Throws<LinuxException>(Read).Errno);
        _desktop.Dispose();
        Assert.Equal(Errno.ECONNRESET, Assert.Throws<LinuxException>(Read).Errno);
    }

    [Fact]
    public void A_monitor_that_the_desktop_does_not_show_should_end_it_in_words()
    {
        _outputs.Remove(21);
        Assert.Contains("does not show a monitor DP-2", Assert.Throws<LinuxException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_should_say_that_it_is_alive()
    {
        Open();
        _desktop.Send(new WireWriter(_kinds.First(one => one.Value == "xdg_wm_base").Key, 0).Add(77u));
        Read();
        Serve();
        Assert.Contains("pong 77", _said);
    }

    private void Open(int scale = 1)
    {
        Serve(scale);
        Read();
        Serve(scale);
        Read();
        Serve(scale);
        Configure(8 / scale, 4 / scale);
        Assert.True(_screen.LookAtMonitor());
        Assert.Null(_screen.CommitAt(0));
    }

    private void Read() => _screen.ReadFlips();

    private void Tell(WireWriter told)
    {
        _desktop.Send(told);
        Read();
        Serve();
    }

    private void Configure(int width, int height)
    {
        _desktop.Send(new WireWriter(_window, 0).Add(width).Add(height).Add(0u));
        _desktop.Send(new WireWriter(_shown, 0).Add(5u));
        Read();
        Serve();
        Assert.Contains("acknowledge 5", _said);
    }

    private List<Area> Commit(byte value)
    {
        Assert.Equal(0, _screen.CommitAt(0));
        var drawn = new List<Area>();
        Assert.True(_screen.Commit((canvas, area) =>
        {
            drawn.Add(area);
            for (var y = area.Y; y < area.Bottom; y++)
                canvas.Row(y, area.X, area.Right).Fill(value * 0x01010101u);
        }));
        Serve();
        return drawn;
    }

    private bool Frame()
    {
        _desktop.Send(new WireWriter(_callback, 0).Add(1u));
        return _screen.ReadFlips();
    }

    /// <summary>The bytes that the desktop reads from the buffer that was committed last.</summary>
    private byte[] Shown()
    {
        var (offset, _, height, pitch) = _buffers[_attached];
        var all = File.ReadAllBytes($"/proc/self/fd/{_memory!.Number}");
        return all[offset..(offset + (height * pitch))];
    }

    /// <summary>Answers what was asked until now.</summary>
    private void Serve(int scale = 1)
    {
        Assert.True(_desktop.Receive(_requests));
        foreach (var request in _requests)
            Take(request, scale);
        _requests.Clear();
    }

    private void Take(WireMessage request, int scale)
    {
        switch (_kinds[request.Target], request.Opcode)
        {
            case ("wl_display", 0):
                _desktop.Send(new WireWriter(request.ReadUint(), 0).Add(1u));
                break;
            case ("wl_display", 1):
                _registry = request.ReadUint();
                _kinds[_registry] = "wl_registry";
                foreach (var (name, kind, version) in new[] { (10u, "wl_compositor", 5u), (11u, "wl_shm", 1u), (12u, "xdg_wm_base", 4u), (13u, "zwp_idle_inhibit_manager_v1", 1u), (14u, "wl_seat", 7u) })
                    _desktop.Send(new WireWriter(_registry, 0).Add(name).Add(kind).Add(version));
                foreach (var output in _outputs.Keys)
                    _desktop.Send(new WireWriter(_registry, 0).Add(output).Add("wl_output").Add(4u));
                break;
            case ("wl_registry", 0):
                var (global, bound, _, id) = (request.ReadUint(), request.ReadString(), request.ReadUint(), request.ReadUint());
                _kinds[id] = bound;
                _said.Add($"bind {bound}");
                if (bound == "wl_output")
                {
                    _kinds[id] = _outputs[global];
                    _desktop.Send(new WireWriter(id, 0).Add(0).Add(0).Add(300).Add(200).Add(0).Add("Maker").Add("Model").Add(0));
                    _desktop.Send(new WireWriter(id, 1).Add(0u).Add(640).Add(480).Add(75_000));
                    _desktop.Send(new WireWriter(id, 1).Add(1u).Add(8).Add(4).Add(60_000));
                    _desktop.Send(new WireWriter(id, 3).Add(scale));
                    _desktop.Send(new WireWriter(id, 4).Add(_outputs[global]));
                }

                break;
            case ("wl_compositor", 0):
                _kinds[_surface = request.ReadUint()] = "wl_surface";
                break;
            case ("wl_seat", var asked):
                _said.Add(asked switch { 0 => "get_pointer", 1 => "get_keyboard", _ => "get_touch" });
                _kinds[_pointer = request.ReadUint()] = "wl_pointer";
                break;
            case ("wl_pointer", 0):
                var serial = request.ReadUint();
                Assert.Equal((0u, 0, 0), (request.ReadUint(), request.ReadInt(), request.ReadInt()));
                _said.Add($"no cursor for {serial}");
                break;
            case ("wl_pointer", 1):
                _said.Add("release");
                break;
            case ("xdg_wm_base", 2):
                _kinds[_shown = request.ReadUint()] = "xdg_surface";
                Assert.Equal(_surface, request.ReadUint());
                break;
            case ("xdg_wm_base", 3):
                _said.Add($"pong {request.ReadUint()}");
                break;
            case ("xdg_surface", 1):
                _kinds[_window = request.ReadUint()] = "xdg_toplevel";
                break;
            case ("xdg_surface", 4):
                _said.Add($"acknowledge {request.ReadUint()}");
                break;
            case ("xdg_toplevel", 11):
                _said.Add($"fullscreen {_kinds[request.ReadUint()]}");
                break;
            case ("zwp_idle_inhibit_manager_v1", 1):
                _said.Add("inhibit idle");
                break;
            case ("wl_shm", 0):
                _kinds[request.ReadUint()] = "wl_shm_pool";
                _memory?.Dispose();
                _memory = request.ReadDescriptor();
                break;
            case ("wl_shm_pool", 0):
                var buffer = request.ReadUint();
                _kinds[buffer] = "wl_buffer";
                _buffers[buffer] = (request.ReadInt(), request.ReadInt(), request.ReadInt(), request.ReadInt());
                Assert.Equal(1u, request.ReadUint());
                break;
            case ("wl_surface", 1):
                _attached = request.ReadUint();
                break;
            case ("wl_surface", 3):
                _callback = request.ReadUint();
                break;
            case ("wl_surface", 8):
                _said.Add($"scale {request.ReadInt()}");
                break;
        }
    }
}
