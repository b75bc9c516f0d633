using System.Diagnostics;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Wayland;
using Phyllome.Seats.Presenter.Screen;
using Xunit;

namespace Phyllome.Seats.Presenter.Tests;

/// <summary>
/// A window on a desktop that people use: one that is there (WAYLAND_DISPLAY, XDG_RUNTIME_DIR) and shows the monitor that PHYLLOME_TEST_OUTPUT names, as
/// 'WLR_BACKENDS=headless WLR_RENDERER=pixman sway' shows HEADLESS-1. It is photographed with grim.
/// </summary>
public sealed class RealDesktopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact(Explicit = true)]
    public void A_window_should_be_over_all_of_that_monitor_and_show_each_of_a_hundred_frames()
    {
        var output = Environment.GetEnvironmentVariable("PHYLLOME_TEST_OUTPUT") ?? throw new InvalidOperationException("PHYLLOME_TEST_OUTPUT names no monitor");
        using var screen = new WindowScreen(
            WaylandSocket.ConnectTo(Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, Environment.GetEnvironmentVariable("WAYLAND_DISPLAY")!)), output);
        while (!screen.HasChanged)
            Read(screen);
        Assert.True(screen.LookAtMonitor());
        var mode = screen.Mode!.Value;
        for (var frame = 1; frame <= 100; frame++)
        {
            screen.Changed(new(0, 0, mode.Width, mode.Height));
            while (screen.CommitAt(0) is null)
                Read(screen);
            Assert.True(screen.Commit((canvas, area) =>
            {
                for (var y = area.Y; y < area.Bottom; y++)
                    canvas.Row(y, area.X, area.Right).Fill((uint)frame * 0x01010101u);
            }));
            while (!Read(screen))
            {
            }
        }

        var (width, height, picture) = Photograph(output);
        Assert.Equal((mode.Width, mode.Height), (width, height));
        Assert.All(picture, value => Assert.Equal(100, value));
    }

    private static bool Read(WindowScreen screen)
    {
        Assert.NotEqual(PollEvents.None, Poll.Wait(screen.Descriptor, PollEvents.In, Patience));
        return screen.ReadFlips();
    }

    /// <summary>A PPM: three lines, then three bytes a pixel.</summary>
    private static (int Width, int Height, byte[] Picture) Photograph(string output)
    {
        var file = Path.GetTempFileName();
        try
        {
            using var grim = Process.Start("grim", ["-o", output, "-t", "ppm", file]);
            Assert.True(grim.WaitForExit(Patience));
            var bytes = File.ReadAllBytes(file);
            var head = System.Text.Encoding.ASCII.GetString(bytes[..32]).Split('\n');
            var size = head[1].Split(' ').Select(int.Parse).ToArray();
            return (size[0], size[1], bytes[(head[0].Length + head[1].Length + head[2].Length + 3)..]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
