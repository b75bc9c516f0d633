using System.Runtime.InteropServices;
using Phyllome.Seats.Linux.Drm;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Presenter.Core;

namespace Phyllome.Seats.Presenter.Screen;

/// <summary>A guest's buffer as a framebuffer of the card. The buffer is the guest's; this frees what the card has of it.</summary>
internal sealed class ScannedOut : IDisposable
{
    private readonly DrmCard _card;
    private readonly Area _part;
    // The kernel numbers dma-bufs, and none gets the number of one that is open.
    private readonly List<FileDescriptor> _kept = [];

    /// <summary>Fails with a <see cref="LinuxException"/> where the card can't take it: another card's memory, or a layout that it does not know.</summary>
    public ScannedOut(DrmCard card, GuestBuffer buffer)
    {
        (_card, _part) = (card, buffer.Part);
        var takesModifiers = card.Ask(DrmCapability.FramebufferModifiers) == 1;
        if (!takesModifiers && buffer.Modifier is not (Linear or Untold))
            throw new LinuxException(Errno.EINVAL, $"could not make a framebuffer of memory laid out as 0x{buffer.Modifier:x}, as its driver takes no such layout");
        // Planes of one dma-buf have one handle.
        var handles = new HashSet<uint>();
        try
        {
            var planes = new List<FramebufferPlane>();
            foreach (var plane in buffer.Planes)
            {
                planes.Add(new(card.ImportHandle(plane.Descriptor), plane.Offset, plane.Pitch));
                handles.Add(planes[^1].Handle);
            }

            Framebuffer = card.AddFramebuffer(
                buffer.Width, buffer.Height, (DrmFormat)ScanoutFormat.Opaque(buffer.Format), CollectionsMarshal.AsSpan(planes), takesModifiers ? buffer.Modifier : null);
        }
        finally
        {
            // The framebuffer holds the memory; and no other one has these handles, as each is closed here.
            foreach (var handle in handles)
                card.CloseHandle(handle);
        }

        try
        {
            foreach (var plane in buffer.Planes)
                _kept.Add(plane.Descriptor.Duplicate());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // DRM_FORMAT_MOD_LINEAR and DRM_FORMAT_MOD_INVALID.
    private const ulong Linear = 0, Untold = 0x00ff_ffff_ffff_ffff;

    public uint Framebuffer { get; }

    /// <summary>Where its picture is shown, as the card was seen to take it.</summary>
    public Placement Placement { get; set; }

    /// <summary>The same, of all that is in the memory.</summary>
    public Placement InMemory => Placement.From(_part.X, _part.Y);

    /// <summary>The value of the plane's property <c>rotation</c>.</summary>
    public ulong Rotation { get; set; }

    public void Dispose()
    {
        _card.RemoveFramebuffer(Framebuffer);
        foreach (var kept in _kept)
            kept.Dispose();
    }
}
