using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;

namespace Phyllome.Seats.Scenarios;

/// <summary>A gamepad with the kernel's driver of the Xbox One S controller, over Bluetooth; <c>gamepad.c</c> is what is beyond the radio.</summary>
public sealed class GamepadIsFelt(RunningPc running) : Scenario(running)
{
    const string Device = "Pad", Address = "f4:73:35:aa:bb:cc", Tool = "/dev/shm/gamepad";
    const int Button = 0x130;

    [Fact]
    public async Task What_is_played_on_a_guests_clone_is_felt_on_the_gamepad_while_that_guest_has_the_focus()
    {
        await BothSitDownAsync();
        await Pc.MustRunAsync($"modprobe --all uhid hid-microsoft && install '{await Pc.CopyInAsync(Path.Combine(AppContext.BaseDirectory, "gamepad"), Cancellation)}' {Tool}", Cancellation);
        var (alpha, beta) = (Seats.Alpha.Lines.Count, Seats.Beta.Lines.Count);
        var since = await JournalAsync();
        await StartAsync("pad", $"be {Address}");
        try
        {
            await Seats.ConfigureAsync(Seats.Configuration.Replace("\"port:1-1\"", $"\"port:1-1\", \"bt:{Address}\"", StringComparison.Ordinal), Cancellation);
            foreach (var (guest, from) in new[] { (Seats.Alpha, alpha), (Seats.Beta, beta) })
                await guest.WaitForAsync("the gamepad", lines => lines.OfType<GuestDeviceAdded>().Any(added => added.Device == Device), SightLimit, from, Cancellation);
            await IsDoneAsync("open the input of guest", since, times: 2);
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 1)], () => OrderAsync("pad", "press 0"));
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 0)], () => OrderAsync("pad", "release 0"));

            // 40 and 20 in a hundred of what there is.
            await StartAsync("player", "feel " + await CloneAsync(Seats.Alpha));
            await PlayerAsync("upload 26215 13108");
            await PlayerAsync("play");
            await SaysAsync("pad", ["here", "felt 40 20"]);
            await PlayerAsync("stop");
            await SaysAsync("pad", ["here", "felt 40 20", "felt 0 0"]);

            // It plays when the focus goes: it ends, and what is played meanwhile nobody feels.
            await PlayerAsync("play");
            await SaysAsync("pad", ["here", "felt 40 20", "felt 0 0", "felt 40 20"]);
            await Seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], Cancellation);
            await SaysAsync("pad", ["here", "felt 40 20", "felt 0 0", "felt 40 20", "felt 0 0"]);
            await Seats.WaitForFocusAsync(Seats.Left, Seats.Beta, Cancellation);
            await PlayerAsync("play");
            await SeesAsync(Seats.Beta, Device, [(1, Button, 1)], () => OrderAsync("pad", "press 0"));
            await SeesAsync(Seats.Beta, Device, [(1, Button, 0)], () => OrderAsync("pad", "release 0"));

            // It comes back, and the effect with it; forgotten while it plays, it ends.
            await Seats.Left.Keyboard.ChordAsync(["leftmeta", "tab"], Cancellation);
            await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 1)], () => OrderAsync("pad", "press 0"));
            await SeesAsync(Seats.Alpha, Device, [(1, Button, 0)], () => OrderAsync("pad", "release 0"));
            await PlayerAsync("play");
            await SaysAsync("pad", ["here", "felt 40 20", "felt 0 0", "felt 40 20", "felt 0 0", "felt 40 20"]);
            await PlayerAsync("erase");
            await SaysAsync("pad", ["here", "felt 40 20", "felt 0 0", "felt 40 20", "felt 0 0", "felt 40 20", "felt 0 0"]);
        }
        finally
        {
            await Pc.RunAsync($"systemctl stop player pad; rm -f {Tool} /run/pad.* /run/player.*", Cancellation);
        }
    }

    readonly List<string> _played = ["open"];

    /// <summary>An order to whoever plays, and its being done.</summary>
    async Task PlayerAsync(string order)
    {
        await OrderAsync("player", order);
        _played.Add(order.Split(' ')[0]);
        await SaysAsync("player", _played);
    }

    async Task StartAsync(string name, string words)
    {
        await Pc.MustRunAsync($"systemd-run --quiet --unit={name} --property=StandardOutput=file:/run/{name}.said {Tool} {words} /run/{name}.orders", Cancellation);
        await SaysAsync(name, [name == "pad" ? "here" : "open"]);
    }

    Task<string> OrderAsync(string name, string order) => Pc.MustRunAsync($"echo {order} > /run/{name}.orders", Cancellation);

    /// <summary>Waits for as many lines as are expected: all that it has said.</summary>
    async Task SaysAsync(string name, List<string> lines)
    {
        var said = await Pc.RunAsync($"timeout 60 sed '{lines.Count}q' < <(exec tail --follow=name --retry --quiet --lines=+1 /run/{name}.said 2> /dev/null); tail --lines=+{lines.Count + 1} /run/{name}.said", Cancellation);
        Assert.Equal(lines, said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    async Task<string> CloneAsync(PcGuest guest) => (await Pc.MustRunAsync($$"""
        for event in /sys/class/input/event*; do
          [ "$(cat $event/device/name)" = {{Device}} ] && grep --quiet "^phyllome/$(virsh domuuid {{guest.Name}})/clone/" $event/device/phys && echo /dev/input/${event##*/}
        done; true
        """, Cancellation)).Trim();
}
