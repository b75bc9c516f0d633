using Phyllome.Seats.Devices;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>What pictures are shown with.</summary>
internal readonly record struct ScreenMode(int Width, int Height, int RefreshMillihertz)
{
    public override string ToString() => $"{Width}x{Height} at {RefreshMillihertz / 1000.0:0.##} Hz";
}

/// <summary>What a presenter shows on: a monitor that it has a lease of, or a window on one of a desktop's.</summary>
internal interface IScreen : IDisposable
{
    /// <summary>For epoll: there is something to <see cref="ReadFlips"/>.</summary>
    FileDescriptor Descriptor { get; }

    /// <summary>The kernel's name of the connector, without its card.</summary>
    string Name { get; }

    /// <summary>The seen picture's own size, as far as the monitor tells it; zero where it does not.</summary>
    ScreenSize Millimetres { get; }

    /// <summary>Null where no monitor is there.</summary>
    ScreenMode? Mode { get; }

    /// <summary>What somebody in front of it sees: all places are in this. Null where no monitor is there.</summary>
    ScreenSize? Seen { get; }

    /// <summary>How far all that is shown is turned by us.</summary>
    Rotation Rotation { get; }

    /// <summary>How it shows, for the journal.</summary>
    string Told { get; }

    /// <summary>What of the card it has.</summary>
    IReadOnlyList<uint> Objects { get; }

    /// <summary>Whether <see cref="LookAtMonitor"/> would find something else.</summary>
    bool HasChanged { get; }

    /// <summary>How it is known that there is nothing to show on any more, since whoever lent the monitor, or had the window, has taken it back; else null.</summary>
    string? TakenBack { get; }

    /// <summary>Looks at the monitor.</summary>
    /// <returns>Whether there is another mode now, so that all has to be drawn.</returns>
    bool LookAtMonitor();

    /// <summary>Turns all that is shown another way, where that is ours to do: a window is as its desktop has the monitor stand.</summary>
    /// <returns>Whether it is so only now, so that all has to be drawn.</returns>
    bool Turn(Rotation rotation);

    /// <summary>An area looks other than before.</summary>
    void Changed(Area area);

    /// <summary>Has a guest's own buffer shown from the next commit on, without a copy.</summary>
    /// <returns>Where on the screen; null where that can't be, with the reason and what to do.</returns>
    Placement? Show(GuestBuffer buffer, out IReadOnlyList<string> refusal);

    /// <summary>The guest has drawn a frame into the buffer that is shown of it.</summary>
    void FrameCame();

    /// <summary>What is drawn is shown again.</summary>
    void ShowOwn();

    /// <summary>The pointer, where it has a plane of its own.</summary>
    /// <returns>False where it is to be drawn into the picture.</returns>
    bool ShowPointer(Pointer? pointer, int x, int y);

    /// <summary>A notice, where it has a plane of its own.</summary>
    /// <param name="panel">Null: none.</param>
    /// <returns>False where it is to be drawn into the picture.</returns>
    bool ShowNotice(NoticePanel? panel);

    /// <summary>When <see cref="Commit"/> is to be called, in microseconds of CLOCK_MONOTONIC; null: not now.</summary>
    long? CommitAt(long now);

    /// <summary>Has the guest's buffer shown at the next blank, or draws what the back buffer lacks and has that shown.</summary>
    /// <param name="draw">Draws one area of what is seen.</param>
    /// <returns>False where the guest's buffer is not taken any more: our own is to be shown.</returns>
    bool Commit(DrawPart draw);

    /// <summary>Something was told.</summary>
    /// <returns>Whether what was committed last is on the screen now.</returns>
    bool ReadFlips();
}
