using Phyllome.Seats.DisplayAssign.Outputs;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>One monitor through one lease: mode, two buffers, the planes of the pointer and of notices, and commits at the blank.</summary>
internal sealed class SeatScreen : IDisposable
{
    /// <summary>What drawing a whole 1920 x 1080 picture and the commit itself take, with something to spare.</summary>
    private const long LeadMicroseconds = 4000;

    private readonly DrmCard _card;
    private readonly Output _output;
    private readonly IReadOnlyDictionary<string, DrmProperty> _connectorProperties;
    private readonly IReadOnlyDictionary<string, DrmProperty> _crtcProperties;
    private readonly IReadOnlyDictionary<string, DrmProperty> _planeProperties;
    private readonly PointerPlane? _pointerPlane;
    private readonly NoticePlane? _noticePlane;
    private DumbBuffer[] _buffers = [];
    private BufferPair _pair = new();
    private FramePacer _pacer = new(16_667, LeadMicroseconds);
    private DrmConnector _connector;
    private DrmMode? _mode;
    private bool _underWay;

    public SeatScreen(FileDescriptor lease)
    {
        _card = new(lease);
        try
        {
            _card.Understand(DrmClientCapability.Atomic);
            if (_card.Resources().Connectors is not [var id, ..])
                throw new LinuxException(Errno.ENODEV, "could not find a connector in the lease");
            _connector = _card.Connector(id);
            _output = CardOutputs.Choose(_card, [_connector], new HashSet<uint>()) is [var output, ..]
                ? output
                : throw new LinuxException(Errno.ENODEV, $"could not find a CRTC and a primary plane for {_connector.Name} in the lease");
            _connectorProperties = _card.Properties(_output.Connector, DrmObjectType.Connector);
            _crtcProperties = _card.Properties(_output.Crtc, DrmObjectType.Crtc);
            _planeProperties = _card.Properties(_output.Primary, DrmObjectType.Plane);
            _pointerPlane = _output.Cursor is { } cursor ? new(_card, cursor, _output.Crtc) : null;
            _noticePlane = _output.Overlay is { } overlay && CanShowNotices(overlay) ? new(_card, overlay, _output.Crtc) : null;
        }
        catch
        {
            _card.Dispose();
            throw;
        }
    }

    /// <summary>For epoll: a commit is on the screen.</summary>
    public FileDescriptor Descriptor => _card.Descriptor;

    public DrmConnector Connector => _connector;

    /// <summary>What of the card the lease has.</summary>
    public IReadOnlyList<uint> Objects => _card.LentObjects();

    /// <summary>Null where no monitor is there.</summary>
    public DrmMode? Mode => _mode;

    /// <summary>Whether the pointer has a plane of its own; otherwise it is drawn into the picture.</summary>
    public bool HasPointerPlane => _pointerPlane is not null;

    /// <summary>Looks at the monitor, and sets its preferred mode where that is not set.</summary>
    /// <returns>Whether there is another mode now, so that all has to be drawn.</returns>
    public bool LookAtMonitor()
    {
        _connector = _card.Connector(_output.Connector);
        DrmMode? wanted = _connector.Connection == DrmConnection.Disconnected || _connector.Modes.Count == 0 ? null
            : _connector.Modes.FirstOrDefault(mode => mode.IsPreferred, _connector.Modes[0]);
        if (wanted.Equals(_mode))
            return false;
        if (wanted is { } mode)
            Set(mode);
        else
            SwitchOff();
        _mode = wanted;
        return true;
    }

    public void Changed(Area area)
    {
        _pair.Changed(area);
        _pacer.Announce();
    }

    /// <summary>The pointer, for its plane.</summary>
    /// <returns>False where the plane can't show it.</returns>
    public bool ShowPointer(Pointer? pointer, int x, int y)
    {
        if (_pointerPlane is null || !_pointerPlane.Show(pointer, x, y))
            return false;
        if (_pointerPlane.IsDue)
            _pacer.Announce();
        return true;
    }

    /// <summary>A notice, for its plane.</summary>
    /// <param name="panel">Null: none.</param>
    /// <returns>False where it is to be drawn into the picture.</returns>
    public bool ShowNotice(NoticePanel? panel)
    {
        if (_noticePlane is not { } plane || _mode is null)
            return false;
        plane.Show(panel);
        if (panel is not null && !Takes(plane))
        {
            plane.Show(null);
            return false;
        }

        if (plane.IsDue)
            _pacer.Announce();
        return true;
    }

    /// <summary>When <see cref="Commit"/> is to be called, in microseconds of CLOCK_MONOTONIC; null: not now.</summary>
    public long? CommitAt(long now) => _mode is null ? null : _pacer.CommitAt(now);

    /// <summary>Draws what the back buffer lacks and has it shown at the next blank.</summary>
    /// <param name="draw">Draws one area of the buffer: its rows, and bytes from one to the next.</param>
    public void Commit(DrawPart draw)
    {
        var buffer = _buffers[_pair.Back];
        foreach (var area in _pair.Lacking)
            draw(buffer.Pixels, buffer.Pitch, area);
        var request = new AtomicRequest().Set(_output.Primary, _planeProperties["FB_ID"].Id, buffer.Framebuffer);
        _pointerPlane?.AddTo(request);
        if (_noticePlane is { IsDue: true } due)
            due.AddTo(request);
        const AtomicFlags atTheBlank = AtomicFlags.NonBlocking | AtomicFlags.PageFlipEvent;
        if (_noticePlane is not { IsShown: true } plane)
        {
            _card.Commit(request, atTheBlank);
        }
        else if (_card.TryCommit(request, atTheBlank) != Errno.None)
        {
            // What a card can show at once may depend on all of it, be it where the pointer is: better no notice than no picture.
            plane.Show(null);
            plane.AddTo(request);
            _card.Commit(request, atTheBlank);
        }

        _pointerPlane?.Committed();
        _noticePlane?.Committed();
        _pair.Swap();
        _pacer.Committed();
        _underWay = true;
    }

    /// <summary>The card has told something.</summary>
    public void ReadFlips()
    {
        foreach (var flip in _card.ReadFlips())
        {
            _underWay = false;
            _pacer.Flipped(flip.Microseconds);
            _noticePlane?.Flipped();
        }
    }

    public void Dispose()
    {
        _pointerPlane?.Dispose();
        _noticePlane?.Dispose();
        foreach (var buffer in _buffers)
            buffer.Dispose();
        _card.Dispose();
    }

    private void Set(DrmMode mode)
    {
        AwaitFlip();
        DumbBuffer[] buffers = [_card.CreateBuffer(mode.Width, mode.Height, DrmFormat.Xrgb8888), _card.CreateBuffer(mode.Width, mode.Height, DrmFormat.Xrgb8888)];
        var blob = _card.CreateBlob(mode);
        try
        {
            var plane = _planeProperties;
            var request = new AtomicRequest()
                .Set(_output.Connector, _connectorProperties["CRTC_ID"].Id, _output.Crtc)
                .Set(_output.Crtc, _crtcProperties["MODE_ID"].Id, blob).Set(_output.Crtc, _crtcProperties["ACTIVE"].Id, 1)
                .Set(_output.Primary, plane["FB_ID"].Id, buffers[1].Framebuffer).Set(_output.Primary, plane["CRTC_ID"].Id, _output.Crtc)
                .Set(_output.Primary, plane["CRTC_X"].Id, 0).Set(_output.Primary, plane["CRTC_Y"].Id, 0)
                .Set(_output.Primary, plane["CRTC_W"].Id, (ulong)mode.Width).Set(_output.Primary, plane["CRTC_H"].Id, (ulong)mode.Height)
                // 16.16 fixed point.
                .Set(_output.Primary, plane["SRC_X"].Id, 0).Set(_output.Primary, plane["SRC_Y"].Id, 0)
                .Set(_output.Primary, plane["SRC_W"].Id, (ulong)mode.Width << 16).Set(_output.Primary, plane["SRC_H"].Id, (ulong)mode.Height << 16);
            NoNotice(request);
            _card.Commit(request, AtomicFlags.AllowModeset);
            _noticePlane?.Committed();
        }
        catch
        {
            foreach (var buffer in buffers)
                buffer.Dispose();
            throw;
        }
        finally
        {
            _card.DestroyBlob(blob);
        }

        foreach (var buffer in _buffers)
            buffer.Dispose();
        _buffers = buffers;
        _pair = new();
        _pacer = new(1_000_000_000L / Math.Max(1, mode.RefreshMillihertz), LeadMicroseconds);
    }

    private void SwitchOff()
    {
        AwaitFlip();
        var request = new AtomicRequest()
            .Set(_output.Connector, _connectorProperties["CRTC_ID"].Id, 0)
            .Set(_output.Crtc, _crtcProperties["MODE_ID"].Id, 0).Set(_output.Crtc, _crtcProperties["ACTIVE"].Id, 0)
            .Set(_output.Primary, _planeProperties["FB_ID"].Id, 0).Set(_output.Primary, _planeProperties["CRTC_ID"].Id, 0);
        NoNotice(request);
        _card.Commit(request, AtomicFlags.AllowModeset);
        _noticePlane?.Committed();
    }

    /// <summary>It is where it was on the monitor before.</summary>
    private void NoNotice(AtomicRequest request)
    {
        _noticePlane?.Show(null);
        _noticePlane?.AddTo(request);
    }

    private bool CanShowNotices(uint overlay)
    {
        ulong? Height(IReadOnlyDictionary<string, DrmProperty> plane) => plane.TryGetValue("zpos", out var zpos) ? zpos.Value : null;
        return NoticePlane.IsAbove(Height(_card.Properties(overlay, DrmObjectType.Plane)), Height(_planeProperties))
            && _card.Planes().Any(plane => plane.Id == overlay && plane.Formats.Contains((uint)DrmFormat.Xrgb8888));
    }

    private bool Takes(NoticePlane plane)
    {
        var request = new AtomicRequest();
        plane.AddTo(request);
        return _card.TryCommit(request, AtomicFlags.TestOnly) == Errno.None;
    }

    // A mode is set with nothing under way: the flip of the old one would be taken for the new one's.
    private void AwaitFlip()
    {
        while (_underWay && Poll.Wait(_card.Descriptor, PollEvents.In, TimeSpan.FromSeconds(1)) != PollEvents.None)
            ReadFlips();
        _underWay = false;
    }
}

/// <summary>Draws one area of a screen.</summary>
internal delegate void DrawPart(Span<byte> screen, int pitch, Area area);
