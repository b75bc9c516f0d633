using System.Diagnostics;
using System.Globalization;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;

namespace Phyllome.Seats.Scenarios;

/// <summary>Cards change their drivers through the device helper alone, as a whole, and whoever gets stuck at it stands in nobody's way.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class GpuHandOver(RunningPc running) : Scenario(running)
{
    const string Hang = "/run/hang", Unbind = "/sys/bus/pci/drivers/bochs-drm/unbind";

    [Fact(Explicit = true)]
    public async Task A_hand_over_that_hangs_is_said_and_keeps_neither_the_other_seat_nor_status_waiting()
    {
        await EverybodyLeavesAsync();
        await Seats.StartServiceAsync(Cancellation);
        await PlugInWhatIsMissingAsync();
        await Seats.ConfigureAsync(Seats.Configuration[Seats.Configuration.LastIndexOf("[[seat]]", StringComparison.Ordinal)..], Cancellation);
        await Seats.WaitForStatusAsync("right to be active", status => status.Seats is [{ State: SeatState.Active, Problems.Count: 0 }], Cancellation);
        await Seats.Beta.WaitUntilReadyAsync(TwoSeatPc.GuestLimit, Seats.BetaSince, Cancellation);
        var before = await StatusTimesAsync();
        // A pipe that nobody reads in place of the attribute: whoever writes to it waits in the kernel.
        await Pc.MustRunAsync($"mkfifo {Hang} && mount --bind {Hang} {Unbind}", Cancellation);
        try
        {
            var since = await JournalAsync();
            await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
            // By the program: journalctl finds the units that a pattern names when it starts, and this one's has its number yet to come.
            await Pc.MustRunAsync($"timeout 120 grep --max-count=1 'write {Seats.LeftGpu} to {Unbind}' < <(exec journalctl --identifier=phyllome-device-helper --output=cat --no-tail --follow --after-cursor='{since}')", Cancellation);

            var during = await StatusTimesAsync();
            Assert.Equal($"gpu{Seats.LeftGpu}", (await Pc.MustRunAsync($"pgrep '^gpu{Seats.LeftGpu}' | head --lines=1 | xargs -I{{}} cat /proc/{{}}/comm", Cancellation)).Trim());
            var second = await Pc.RunAsync($"seatctl gpu release {Seats.LeftGpu}", Cancellation);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains("is at it since before; where that does not end, the gpu is stuck in the kernel, and a reboot is needed", second.Errors, StringComparison.Ordinal);
            Assert.True(during < before * 2 + 0.2, $"seatctl status took {before} s, and {during} s while a card was stuck");
            TestContext.Current.SendDiagnosticMessage($"seatctl status: {before:0.000} s before, {during:0.000} s while a card was stuck");
            Assert.Equal(Person.StrokesOf("undisturbed"), await Seats.Right.TypeAsync("undisturbed", Seats.Beta, Cancellation));

            await Seats.WaitForStatusAsync("left to run without its card, and to say why", status => status.Seats is [{ State: SeatState.Active, Guest.State: GuestState.Running } left, _]
                && left.Problems.Any(problem => problem.StartsWith($"guest 'alpha' is without the gpu {Seats.LeftGpu}: stuck, reboot needed", StringComparison.Ordinal)), Cancellation);
            // The service manager ends the helper, and what it left half done is found.
            await Pc.MustRunAsync($"pid=$(pgrep --oldest '^gpu{Seats.LeftGpu}') && timeout 120 tail --pid=$pid --follow /dev/null || [ -z \"$pid\" ]", Cancellation);
            Assert.Contains($"driver_override of {Seats.LeftGpu} is vfio-pci, but bochs-drm has it", (await Pc.RunAsync("seatctl doctor --json", Cancellation)).Output, StringComparison.Ordinal);
        }
        finally
        {
            await Pc.MustRunAsync($"umount {Unbind}; rm -f {Hang}", Cancellation);
        }

        await Pc.MustRunAsync("virsh --quiet destroy alpha", Cancellation);
        await Seats.WaitForStatusAsync("alpha to be off", status => status.Seats is [{ Guest.State: GuestState.Off }, _], Cancellation);
        await Pc.MustRunAsync("seatctl seat start left", Cancellation);
        await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
        Assert.Equal("vfio-pci", await DriverAsync(Seats.LeftGpu));
        Assert.DoesNotContain("driver_override of", (await Pc.RunAsync("seatctl doctor --json", Cancellation)).Output, StringComparison.Ordinal);
        await EverybodyLeavesAsync();
    }

    const int CyclesARequest = 5;

    /// <summary>PHYLLOME_CYCLES=100 for as many as you have patience for.</summary>
    [Fact(Explicit = true)]
    public async Task A_card_that_is_taken_and_given_back_over_and_over_is_never_left_half_way()
    {
        var requests = int.Parse(Environment.GetEnvironmentVariable("PHYLLOME_CYCLES") ?? "10", CultureInfo.InvariantCulture) / CyclesARequest;
        await EverybodyLeavesAsync();
        await Pc.MustRunAsync("systemctl start phyllome-gpu-helper.socket", Cancellation);
        try
        {
            // perl-base is in every Debian. Emulated, a request's process costs as much as its work, so that each has several cycles: the helper reads
            // back after each move whether it is whole, and the last of each request is looked at from here too.
            var clock = Stopwatch.StartNew();
            var done = await Pc.MustRunAsync($$"""
                perl -e '
                    use Socket;
                    my $card = "{{Seats.LeftGpu}}";
                    my $take = "{\"do\":\"take-gpu\",\"address\":\"$card\",\"named\":true}";
                    my $back = "{\"do\":\"give-back-gpu\",\"address\":\"$card\"}";
                    sub ask {
                        my ($driver, @operations) = @_;
                        my $helper;
                        socket($helper, AF_UNIX, SOCK_SEQPACKET, 0) and connect($helper, pack_sockaddr_un("/run/phyllome-seats/gpu-helper.sock")) or die "$!";
                        send($helper, "{\"operations\":[" . join(",", @operations) . "]}", 0) or die "$!";
                        defined recv($helper, my $answer, 65536, 0) or die "$!";
                        my $link = readlink("/sys/bus/pci/devices/$card/driver");
                        my $did = () = $answer =~ /"errno":0[,}]/g;
                        $did == @operations && $link =~ m:/\Q$driver\E$: or die "$answer, $link";
                    }
                    for (1 .. {{requests}}) {
                        ask("vfio-pci", $take, ($back, $take) x {{CyclesARequest - 1}});
                        ask("bochs-drm", $back);
                        print "$_\n";
                    }
                ' && cat /sys/bus/pci/devices/{{Seats.LeftGpu}}/driver_override
                """, Cancellation);
            Assert.Equal([.. Enumerable.Range(1, requests).Select(n => n.ToString(CultureInfo.InvariantCulture)), "(null)"], done.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            var kernel = await Pc.MustRunAsync("dmesg --level=emerg,alert,crit,err", Cancellation);
            TestContext.Current.SendDiagnosticMessage($"{requests * CyclesARequest} cycles in {clock.Elapsed.TotalSeconds:0} s; the kernel's errors: {kernel}");
        }
        finally
        {
            await Pc.MustRunAsync("systemctl stop phyllome-gpu-helper.socket", Cancellation);
        }
    }

    /// <summary>The middle one of five times, in seconds.</summary>
    async Task<double> StatusTimesAsync()
    {
        var times = (await Pc.MustRunAsync("for n in 1 2 3 4 5; do from=$(date +%s.%N); seatctl status > /dev/null; echo $from $(date +%s.%N); done", Cancellation))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray()).Select(ends => ends[1] - ends[0]);
        return times.Order().ElementAt(2);
    }
}
