using System.Buffers.Binary;
using Phyllome.Seats.Status;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A headset is its seat's: what the seat's guest plays on it, by the driver of its own kernel, is heard in it.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class SoundIsHeard(RunningPc running) : Scenario(running)
{
    const string Guest = "gamma", Console = $"/var/log/guests/{Guest}.console", Initramfs = "/var/tmp/initrd-with-sound", Port = "1.3";

    /// <summary>The usual guest with the kernel's driver of USB sound: plays two seconds of a square wave on each sound device that comes, and says so.</summary>
    /// <remarks>By the kernel's OSS emulation (sound/core/oss/pcm_oss.c), where a sound device is a file: 8000 unsigned bytes of one channel a second.</remarks>
    const string Prepare = $$"""
        set -e
        rm -rf /var/tmp/sound && mkdir --parents /var/tmp/sound/sound && cd /var/tmp/sound
        for module in snd_usb_audio snd_pcm_oss; do modprobe --show-depends $module; done | while read -r kind file _; do
          [ $kind = insmod ] || continue
          name=$(basename ${file%.xz})
          grep --quiet --no-messages --line-regexp $name sound/list && continue
          case $file in *.xz) xz --decompress --stdout $file > sound/$name ;; *) cp $file sound/$name ;; esac
          echo $name >> sound/list
        done
        python3 -c "import sys; sys.stdout.buffer.write((b'\xff' * 10 + b'\x00' * 10) * 800)" > sound/tone
        cat > first <<'END'
        #!/bin/busybox sh
        # What runs beside the shell reads /dev/null.
        /bin/busybox mount -t devtmpfs dev /dev
        while read -r module; do /bin/busybox insmod /sound/$module; done < /sound/list
        /bin/busybox uevent /sound/play &
        exec /init
        END
        cat > sound/play <<'END'
        #!/bin/busybox sh
        [ "$ACTION $DEVNAME" = "add dsp" ] || exit 0
        /bin/busybox cat /sound/tone > /dev/dsp && echo "guest: played" > /dev/console
        END
        chmod +x first sound/play
        { cat /var/lib/virtual-pc/guest/initrd; find . | cpio --quiet --create --format=newc --owner=0:0 | gzip -1; } > {{Initramfs}}
        """;

    [Fact(Explicit = true)]
    public async Task What_a_guest_plays_is_heard_in_the_headset_behind_its_seats_hub_be_it_plugged_in_while_it_runs_or_before()
    {
        await EverybodyLeavesAsync();
        await Pc.MustRunAsync(Prepare, Cancellation);
        var guest = await Pc.DefineGuestAsync(new GuestRecipe(Guest) { Initramfs = Initramfs, First = "/first" }, Cancellation);
        var headset = new PcHeadset("headset", Port);
        try
        {
            await PlugInWhatIsMissingAsync();
            await Seats.StartServiceAsync(Cancellation);
            await Seats.ConfigureAsync($"""
                [[seat]]
                name = "left"
                guests = ["{Guest}"]
                devices = ["port:1-1"]
                """, Cancellation);
            await IsActiveAsync();
            await guest.WaitUntilReadyAsync(SightLimit, 0, Cancellation);

            await PlaysAsync(() => Pc.PlugAsync(headset, Cancellation));
            await Seats.WaitForStatusAsync("the headset to be left's", status => status.Seats is [{ Devices: var devices }]
                && devices.Any(device => device is { Id: $"port:1-{Port}", Kind: "audio", Whole: true, Problem: null }), Cancellation);
            await Pc.UnplugAsync(headset.Name, Cancellation);
            await Seats.WaitForNoUsbAsync(guest, Cancellation);
            IsHeard();

            // And in a guest that starts with it.
            await Pc.MustRunAsync($"virsh --quiet destroy {Guest}", Cancellation);
            await Seats.WaitForStatusAsync("the guest to be off", status => status.Seats is [{ State: SeatState.Waiting }], Cancellation);
            await Pc.PlugAsync(headset, Cancellation);
            await PlaysAsync(() => Pc.MustRunAsync("seatctl seat start left", Cancellation));
            await IsActiveAsync();
            await Pc.UnplugAsync(headset.Name, Cancellation);
            await Seats.WaitForNoUsbAsync(guest, Cancellation);
            IsHeard();
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.MustRunAsync($"virsh --quiet destroy {Guest}; virsh --quiet undefine {Guest}; rm -rf {Initramfs} /var/tmp/sound", Cancellation);
        }
    }

    Task<SeatsStatus> IsActiveAsync() =>
        Seats.WaitForStatusAsync("seat left to be active", status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0 }], Cancellation);

    /// <summary>Waits until the guest says that it has played, since this has happened.</summary>
    async Task PlaysAsync(Func<Task> happens)
    {
        var from = (await Pc.MustRunAsync($"stat --format=%s {Console}", Cancellation)).Trim();
        await happens();
        await Pc.MustRunAsync($"timeout {SightLimit.TotalSeconds:0} grep --max-count=1 'guest: played' < <(exec tail --follow --bytes=+$(({from} + 1)) {Console})", Cancellation);
    }

    /// <summary>Half of a wave is as loud as the other; an emulated PC may leave gaps in it.</summary>
    void IsHeard()
    {
        const int Header = 44, Loud = 8000;
        var samples = File.ReadAllBytes(Pc.Heard).Skip(Header).Chunk(sizeof(short)).Where(bytes => bytes.Length == sizeof(short)).Select(bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)).ToList();
        var (high, low) = (samples.Count(sample => sample > Loud), samples.Count(sample => sample < -Loud));
        TestContext.Current.SendDiagnosticMessage($"heard {samples.Count} samples, {high} high, {low} low");
        // Of two channels, 44 100 samples a second each: a fifth of the two seconds at least.
        Assert.InRange(high + low, 2 * 44_100 * 2 / 5, samples.Count);
        Assert.InRange((double)high / low, 0.5, 2);
    }
}
