using System.Buffers.Binary;
using System.Text;

namespace Phyllome.Seats.Remote.Tests;

/// <summary>The VNC server of a real QEMU, whose guest does not run.</summary>
public sealed class RealQemuTests
{
    private const int ExtendedDesktopSize = -308;

    [Fact]
    public async Task A_real_guest_is_seen_and_takes_every_message_that_goes_on()
    {
        using var qemu = await RealQemu.StartAsync("-S");
        using var door = new DoorFixture();
        door.Open(door.Order());
        using var viewer = await TestViewer.ConnectAsync(door.Socket);
        await viewer.AskAsync();
        var asks = await qemu.LetInAsync(door, "windows");
        Assert.Equal([0, 0, 0, 0], await viewer.Stream.HearAsync(4));
        await viewer.Stream.SayAsync([1]);
        var init = await viewer.Stream.HearAsync(24);
        Assert.Equal("QEMU", Encoding.ASCII.GetString(await viewer.Stream.HearAsync(init[23])));
        Assert.Equal(new ViewerCame(asks.Viewer, $"user {door.Me}", "windows"), door.Hear());

        // Whatever QEMU knows beyond its raw encoding, in which a picture's length follows from its size. One message that it takes for another
        // than we do, and what comes after it is no request for a picture any more.
        await viewer.Stream.SayAsync(
        [
            2, 0, 0, 1, 0, 0, 0, 0, .. Messages.ExtendedKey('a', 30, true), .. Messages.Key('b', true), .. Messages.Pointer(1, 3, 4), .. Messages.CutText([65, 66], isExtended: false),
            251, 0, 4, 0, 3, 0, 1, 0, .. new byte[10], 4, 0, 3, 0, 0, 0, 255, 1, 0, 2, 3, 2, 0, 0, 172, 68, 255, 1, 0, 1, 3, 0, 0, 0, 0, 0, 0, 16, 0, 8,
        ]);
        for (int pixels = 0; pixels < 16 * 8;)
        {
            var update = await viewer.Stream.HearAsync(4);
            Assert.Equal(0, update[0]);
            for (var rectangles = BinaryPrimitives.ReadUInt16BigEndian(update.AsSpan(2)); rectangles > 0; rectangles--)
            {
                var rectangle = await viewer.Stream.HearAsync(12);
                if (BinaryPrimitives.ReadInt32BigEndian(rectangle.AsSpan(8)) == ExtendedDesktopSize)
                {
                    // The answer to the size that was asked for: its screens.
                    await viewer.Stream.HearAsync(16 * (await viewer.Stream.HearAsync(4))[0]);
                    continue;
                }

                Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(rectangle.AsSpan(8)));
                var area = BinaryPrimitives.ReadUInt16BigEndian(rectangle.AsSpan(4)) * BinaryPrimitives.ReadUInt16BigEndian(rectangle.AsSpan(6));
                await viewer.Stream.HearAsync(4 * area);
                pixels += area;
            }
        }

        qemu.Kill();
        await viewer.Stream.HearAllAsync();
        Assert.Equal(new ViewerGone(asks.Viewer), door.Hear());
    }
}
