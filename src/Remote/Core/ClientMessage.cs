namespace Phyllome.Seats.Remote.Core;

/// <summary>The first byte of what a viewer sends: RFC 6143 (7.5), and what viewers and QEMU know beyond it (rfbproto of the community).</summary>
internal enum ClientMessage : byte
{
    SetPixelFormat = 0,
    SetEncodings = 2,
    FramebufferUpdateRequest = 3,
    KeyEvent = 4,
    PointerEvent = 5,
    ClientCutText = 6,
    EnableContinuousUpdates = 150,
    ClientFence = 248,
    Xvp = 250,
    SetDesktopSize = 251,
    Qemu = 255,
}
