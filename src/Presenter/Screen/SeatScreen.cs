using Phyllome.Seats.Devices;
using Phyllome.Seats.DisplayAssign.Outputs;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>
/// One monitor through one lease: mode, two buffers of its own or those of a guest, the planes of the pointer and of notices, and commits at the blank.
/// On one that stands turned all places are what is seen in front of it, and this turns: by the card's plane where it can, else as it draws.
/// </summary>
internal sealed class SeatScreen : IScreen
{
    /// <summary>What drawing a whole 1920 x 1080 picture and the commit itself take, with something to spare.</summary>
    private const long LeadMicroseconds = 4000;

    /// <summary>As <see cref="LeadMicroseconds"/>, where each pixel is turned on its way.</summary>
    private const long TurnedLeadMicroseconds = 8000;

    /// <summary>How many of a guest's buffers stay imported: a desktop draws into two to four by turns.</summary>
    private const int KeptBuffers = 6;

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
    private Rotation _rotation;

    /// <summary>From what is seen to the monitor; and to our own buffers, which are as it is seen where the plane turns them.</summary>
    private Turning _onMonitor, _inBuffer;
    private readonly TurnedDrawing _drawing = new();

    /// <summary>The last one, and how it is in the pointer's plane.</summary>
    private (Pointer Upright, Pointer Turned)? _pointer;
    private bool _underWay;
    private readonly BufferShelf<ScannedOut> _imported = new(KeptBuffers);

    /// <summary>A guest's buffer instead of our own: what is to be shown, what was committed last, and what is on the screen. Null: our own.</summary>
    private ScannedOut? _guests, _committed, _onScreen;

    public SeatScreen(FileDescriptor lease, Rotation rotation)
    {
        (_card, _rotation) = (new(lease), rotation);
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

    public string Name => _connector.Name;

    /// <summary>What of the card the lease has.</summary>
    public IReadOnlyList<uint> Objects => _card.LentObjects();

    /// <summary>Somebody else tells of it: the lease has no events of its own for that.</summary>
    public bool HasChanged => false;

    public Rotation Rotation => _rotation;

    /// <summary>Asked after a failure alone: the kernel tells a lessee of nothing.</summary>
    public string? TakenBack
    {
        get
        {
            try
            {
                return _card.LentObjects().Count > 0 ? null : "the lease of its monitor was ended";
            }
            catch (LinuxException failure)
            {
                return failure.Errno == Errno.EACCES ? "whoever lent its monitor does not have the card any more" : null;
            }
        }
    }

    ScreenMode? IScreen.Mode => _mode is { } mode ? new(mode.Width, mode.Height, mode.RefreshMillihertz) : null;

    /// <summary>Null where no monitor is there.</summary>
    public DrmMode? Mode => _mode;

    /// <summary>What somebody in front of it sees; null where no monitor is there.</summary>
    public ScreenSize? Seen => _mode is null ? null : _onMonitor.Seen;

    /// <summary>The seen picture's own size, as far as the monitor tells it; zero where it does not.</summary>
    public ScreenSize Millimetres => new ScreenSize(_connector.WidthMillimetres, _connector.HeightMillimetres).Turned(_rotation);

    /// <summary>How it shows, for the journal.</summary>
    public string Told => _mode is not { } mode ? "with no monitor" : _rotation == Rotation.None ? $"{mode}"
        : $"{mode}, turned by {(int)_rotation} degrees{(_inBuffer.By == Rotation.None ? " by the card" : "")}";

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

    /// <summary>Turns all that is shown another way.</summary>
    /// <returns>Whether it is so only now, so that all has to be drawn.</returns>
    public bool Turn(Rotation rotation)
    {
        if (_rotation == rotation)
            return false;
        var before = _rotation;
        (_rotation, _pointer) = (rotation, null);
        try
        {
            if (_mode is { } mode)
                Set(mode);
            return true;
        }
        catch
        {
            _rotation = before;
            throw;
        }
    }

    public void Changed(Area area)
    {
        _pair.Changed(_inBuffer.ToMonitor(area));
        _pacer.Announce();
    }

    /// <summary>Has a guest's own buffer shown from the next commit on, without a copy.</summary>
    /// <returns>Where on the screen; null where the card can't, with the reason and what to do.</returns>
    public Placement? Show(GuestBuffer buffer, out IReadOnlyList<string> refusal)
    {
        refusal = [];
        if (_mode is null)
            return null;
        try
        {
            var key = buffer.Key;
            if (_imported.Find(key) is not { } shown)
            {
                shown = new(_card, buffer);
                if (!Fits(shown, buffer))
                {
                    shown.Dispose();
                    refusal = RefusalOf(buffer, _onMonitor.Seen);
                    return null;
                }

                Free(_imported.Add(key, shown, IsNeeded));
            }

            _guests = shown;
            _pacer.Announce();
            return shown.Placement;
        }
        catch (LinuxException exception) when (TakenBack is null)
        {
            refusal =
            [
                $"Its pictures are in a graphics card's memory, and the card of {_connector.Name} {exception.Message}.",
                "Give its display the render node of that card (<gl rendernode='...'/> in its definition), or take <gl> out of it.",
            ];
            return null;
        }
    }

    /// <summary>The guest has drawn a frame into the buffer that is shown of it.</summary>
    public void FrameCame() => _pacer.Announce();

    /// <summary>What is drawn is shown again.</summary>
    public void ShowOwn()
    {
        if (_guests is null)
            return;
        _guests = null;
        // The guest keeps its memory only as long as we do.
        Free(_imported.Clear(IsNeeded));
        if (Seen is var (width, height))
            Changed(new(0, 0, width, height));
    }

    /// <summary>The pointer, for its plane.</summary>
    /// <returns>False where the plane can't show it.</returns>
    public bool ShowPointer(Pointer? pointer, int x, int y)
    {
        if (_pointerPlane is null)
            return false;
        var place = pointer is null ? default : _onMonitor.ToMonitor(new(x, y, pointer.Width, pointer.Height));
        if (!_pointerPlane.Show(pointer is null ? null : Turned(pointer), place.X, place.Y))
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
        plane.Show(panel?.Turned(_onMonitor));
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

    /// <summary>Has the guest's buffer shown at the next blank, or draws what the back buffer lacks and has that shown.</summary>
    /// <param name="draw">Draws one area of what is seen.</param>
    /// <returns>False where the card does not take the guest's buffer any more: our own is to be shown.</returns>
    public bool Commit(DrawPart draw)
    {
        var request = new AtomicRequest();
        if (_guests is { } guests)
        {
            PlaceGuests(request, guests);
        }
        else
        {
            var buffer = _buffers[_pair.Back];
            var canvas = new Canvas(buffer.Pixels, buffer.Pitch, buffer.Width, buffer.Height);
            foreach (var area in _pair.Lacking)
                _drawing.Draw(canvas, _inBuffer, area, draw);
            PlaceOwn(request, buffer);
        }

        _pointerPlane?.AddTo(request);
        if (_noticePlane is { IsDue: true } due)
            due.AddTo(request);
        const AtomicFlags atTheBlank = AtomicFlags.NonBlocking | AtomicFlags.PageFlipEvent;
        var errno = Try(request, atTheBlank);
        if (errno != Errno.None && _noticePlane is { IsShown: true } plane)
        {
            // What a card can show at once may depend on all of it, be it where the pointer is: better no notice than no picture.
            plane.Show(null);
            plane.AddTo(request);
            errno = Try(request, atTheBlank);
        }

        if (errno != Errno.None)
        {
            if (_guests is null)
                throw new LinuxException(errno, "could not change what the card shows");
            ShowOwn();
            return false;
        }

        _pointerPlane?.Committed();
        _noticePlane?.Committed();
        if (_guests is null)
            _pair.Swap();
        _committed = _guests;
        _pacer.Committed();
        _underWay = true;
        return true;
    }

    /// <summary>The card has told something.</summary>
    /// <returns>Whether what was committed last is on the screen now.</returns>
    public bool ReadFlips()
    {
        var flips = _card.ReadFlips();
        foreach (var flip in flips)
        {
            _underWay = false;
            _pacer.Flipped(flip.Microseconds);
            _noticePlane?.Flipped();
            _onScreen = _committed;
            if (_guests is null)
                Free(_imported.Clear(IsNeeded));
        }

        return flips.Count > 0;
    }

    public void Dispose()
    {
        _pointerPlane?.Dispose();
        _noticePlane?.Dispose();
        NoGuests();
        Free(_buffers);
        _card.Dispose();
    }

    private void Set(DrmMode mode)
    {
        AwaitFlip();
        var onMonitor = new Turning(_rotation, mode.Width, mode.Height);
        DumbBuffer[] buffers = [];
        var (before, blob) = ((_onMonitor, _inBuffer), _card.CreateBlob(mode));
        (_onMonitor, _inBuffer) = (onMonitor, onMonitor with { By = Rotation.None });
        try
        {
            // Which buffers a plane turns, and by how much, only its driver knows.
            if (_rotation != Rotation.None && _planeProperties.ContainsKey("rotation"))
            {
                buffers = CreateBuffers(onMonitor.Seen);
                if (Try(ModeSet(blob, buffers[1]), AtomicFlags.TestOnly | AtomicFlags.AllowModeset) != Errno.None)
                {
                    Free(buffers);
                    buffers = [];
                }
            }

            if (buffers.Length == 0)
            {
                buffers = CreateBuffers(new(mode.Width, mode.Height));
                _inBuffer = onMonitor;
            }

            var request = ModeSet(blob, buffers[1]);
            NoNotice(request);
            _card.Commit(request, AtomicFlags.AllowModeset);
            _noticePlane?.Committed();
        }
        catch
        {
            Free(buffers);
            (_onMonitor, _inBuffer) = before;
            throw;
        }
        finally
        {
            _card.DestroyBlob(blob);
        }

        NoGuests();
        Free(_buffers);
        _buffers = buffers;
        _pair = new();
        _pacer = new(1_000_000_000L / Math.Max(1, mode.RefreshMillihertz), _inBuffer.By == Rotation.None ? LeadMicroseconds : TurnedLeadMicroseconds);
    }

    private DumbBuffer[] CreateBuffers(ScreenSize size)
    {
        var first = _card.CreateBuffer(size.Width, size.Height, DrmFormat.Xrgb8888);
        try
        {
            return [first, _card.CreateBuffer(size.Width, size.Height, DrmFormat.Xrgb8888)];
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    private AtomicRequest ModeSet(uint mode, DumbBuffer buffer)
    {
        var request = new AtomicRequest()
            .Set(_output.Connector, _connectorProperties["CRTC_ID"].Id, _output.Crtc)
            .Set(_output.Crtc, _crtcProperties["MODE_ID"].Id, mode).Set(_output.Crtc, _crtcProperties["ACTIVE"].Id, 1);
        PlaceOwn(request, buffer);
        return request;
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
        NoGuests();
    }

    private void PlaceOwn(AtomicRequest request, DumbBuffer buffer) => Place(
        request, buffer.Framebuffer, new(new(0, 0, buffer.Width, buffer.Height), new(0, 0, _onMonitor.Width, _onMonitor.Height)),
        PlaneRotation.Of(_inBuffer.By == Rotation.None ? _rotation : Rotation.None, upsideDown: false)[0]);

    private void Place(AtomicRequest request, uint framebuffer, Placement placement, ulong rotation)
    {
        var (plane, (source, target)) = (_planeProperties, placement);
        request.Set(_output.Primary, plane["FB_ID"].Id, framebuffer).Set(_output.Primary, plane["CRTC_ID"].Id, _output.Crtc)
            .Set(_output.Primary, plane["CRTC_X"].Id, (ulong)target.X).Set(_output.Primary, plane["CRTC_Y"].Id, (ulong)target.Y)
            .Set(_output.Primary, plane["CRTC_W"].Id, (ulong)target.Width).Set(_output.Primary, plane["CRTC_H"].Id, (ulong)target.Height)
            // 16.16 fixed point.
            .Set(_output.Primary, plane["SRC_X"].Id, (ulong)source.X << 16).Set(_output.Primary, plane["SRC_Y"].Id, (ulong)source.Y << 16)
            .Set(_output.Primary, plane["SRC_W"].Id, (ulong)source.Width << 16).Set(_output.Primary, plane["SRC_H"].Id, (ulong)source.Height << 16);
        if (plane.TryGetValue("rotation", out var turned))
            request.Set(_output.Primary, turned.Id, rotation);
    }

    /// <summary>Finds out how the card shows a buffer, if it does.</summary>
    private bool Fits(ScannedOut shown, GuestBuffer buffer)
    {
        if ((buffer.UpsideDown || _rotation != Rotation.None) && !_planeProperties.ContainsKey("rotation"))
            return false;
        foreach (var placement in Placement.Of(buffer.Part.Width, buffer.Part.Height, _onMonitor.Seen.Width, _onMonitor.Seen.Height))
        {
            foreach (var rotation in PlaneRotation.Of(_rotation, buffer.UpsideDown))
            {
                (shown.Placement, shown.Rotation) = (placement, rotation);
                var request = new AtomicRequest();
                PlaceGuests(request, shown);
                if (Try(request, AtomicFlags.TestOnly) == Errno.None)
                    return true;
            }
        }

        return false;
    }

    private IReadOnlyList<string> RefusalOf(GuestBuffer buffer, ScreenSize seen) =>
    [
        $"Its picture is in a graphics card's memory with {buffer.Part.Width} x {buffer.Part.Height} pixels of the format {ScanoutFormat.Name(buffer.Format)}, "
            + $"{(buffer.UpsideDown ? "the lowest row first, " : "")}and the card does not show that{(_rotation == Rotation.None ? "" : $" turned by {(int)_rotation} degrees")} on {_connector.Name}, which has {seen.Width} x {seen.Height}.",
        buffer.Part.Width == seen.Width && buffer.Part.Height == seen.Height
            ? "Take <gl> out of its display's definition."
            : "Set the monitor's size in the guest, or take <gl> out of its display's definition.",
    ];

    private void PlaceGuests(AtomicRequest request, ScannedOut guests) =>
        Place(request, guests.Framebuffer, guests.InMemory with { Target = _onMonitor.ToMonitor(guests.Placement.Target) }, guests.Rotation);

    private Pointer Turned(Pointer pointer)
    {
        if (_rotation == Rotation.None)
            return pointer;
        if (_pointer is not { } known || !ReferenceEquals(known.Upright, pointer))
            _pointer = known = (pointer, pointer.Turned(_rotation));
        return known.Turned;
    }

    private bool IsNeeded(ScannedOut shown) => shown == _guests || shown == _onScreen || (_underWay && shown == _committed);

    /// <summary>None of a guest's buffers is on the screen or on its way there.</summary>
    private void NoGuests()
    {
        _guests = _committed = _onScreen = null;
        Free(_imported.Clear(IsNeeded));
    }

    private static void Free(IReadOnlyList<IDisposable> over)
    {
        foreach (var one in over)
            one.Dispose();
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
        return Try(request, AtomicFlags.TestOnly) == Errno.None;
    }

    /// <summary>As <see cref="DrmCard.TryCommit"/>, for what the card may refuse.</summary>
    /// <exception cref="LinuxException">The lease has ended (ENOENT: none of its objects is there), or its lessor is not the card's master now (EACCES): no picture is to blame.</exception>
    private Errno Try(AtomicRequest request, AtomicFlags flags)
    {
        var errno = _card.TryCommit(request, flags);
        return errno is Errno.ENOENT or Errno.EACCES ? throw new LinuxException(errno, "could not change what the card shows") : errno;
    }

    // A mode is set with nothing under way: the flip of the old one would be taken for the new one's.
    private void AwaitFlip()
    {
        while (_underWay && Poll.Wait(_card.Descriptor, PollEvents.In, TimeSpan.FromSeconds(1)) != PollEvents.None)
            ReadFlips();
        _underWay = false;
    }
}
