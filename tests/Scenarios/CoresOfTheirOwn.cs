using Phyllome.Seats.Status;

namespace Phyllome.Seats.Scenarios;

/// <summary>
/// The processors of guests. The PC's other processors are on for just this, and the guests are emulated ones with nothing on their disks,
/// since guests of KVM do not go together with several emulated processors.
/// </summary>
[Collection(Order.NobodyIsThere)]
public sealed class CoresOfTheirOwn(RunningPc running) : Scenario(running)
{
    const string Switch = "for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do";

    [Fact(Explicit = true)]
    public async Task Each_seats_guest_has_a_core_for_itself_and_another_one_when_the_seat_before_it_goes()
    {
        await EverybodyLeavesAsync();
        var off = (await Pc.MustRunAsync($"{Switch} if [ $(cat $cpu) = 0 ]; then echo $cpu; echo 1 > $cpu; fi; done", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            foreach (var guest in new[] { "gamma", "delta" })
                await Pc.MustRunAsync($"virsh --quiet define /dev/stdin <<'END'\n{EmulatedGuest.Xml(guest)}\nEND", Cancellation);
            var interrupts = await InterruptsAsync();
            await Seats.StartServiceAsync(Cancellation);
            await PlugInWhatIsMissingAsync();
            await Seats.ConfigureAsync("""
                [[seat]]
                name = "left"
                guests = ["gamma"]
                devices = ["port:1-1"]

                [[seat]]
                name = "right"
                guests = ["delta"]
                devices = ["port:1-2"]

                """, Cancellation);

            await HaveAsync(("left", "1"), ("right", "2"));
            Assert.Equal(("1", "1"), await RunsOnAsync("gamma"));
            Assert.Equal(("2", "2"), await RunsOnAsync("delta"));
            await HandledByAsync("9");
            Assert.NotEqual(interrupts, await InterruptsAsync());
            Assert.Contains("0,3", await Pc.MustRunAsync("virsh emulatorpin delta", Cancellation), StringComparison.Ordinal);

            await Pc.MustRunAsync("virsh --quiet destroy gamma", Cancellation);

            await HaveAsync(("left", null), ("right", "1"));
            await Pc.MustRunAsync("timeout 60 sh -c 'until virsh vcpupin delta | grep --quiet \"0 *1$\"; do virsh event delta --event tunable --timeout 1 > /dev/null || true; done'", Cancellation);
            Assert.Equal(("1", "1"), await RunsOnAsync("delta"));
            await HandledByAsync("d");
            Assert.DoesNotContain("cputune", await Pc.MustRunAsync("virsh dumpxml --inactive delta", Cancellation), StringComparison.Ordinal);

            await EverybodyLeavesAsync();
            Assert.Equal(interrupts, await InterruptsAsync());
        }
        finally
        {
            await EverybodyLeavesAsync();
            await Pc.MustRunAsync("for guest in gamma delta; do virsh --quiet undefine $guest || true; done", Cancellation);
            foreach (var cpu in off) await Pc.MustRunAsync($"echo 0 > {cpu}", Cancellation);
        }
    }

    /// <summary>Waits until the interrupts that come are handled by these processors (a mask), and so those that there are.</summary>
    Task<string> HandledByAsync(string mask) => Pc.MustRunAsync($$"""
        timeout 120 bash -c 'while read -r line; do grep --quiet "^0*{{mask}}$" /proc/irq/default_smp_affinity && exit 0; done < <(exec tail --follow=name --retry /run/phyllome-interrupts/record 2> /dev/null)'
        """, Cancellation);

    /// <summary>Who handles the interrupts that come, and those that somebody handles.</summary>
    Task<string> InterruptsAsync() => Pc.MustRunAsync(
        "cat /proc/irq/default_smp_affinity; for irq in /proc/irq/*/; do if [ -n \"$(find $irq -mindepth 1 -type d)\" ]; then echo $irq $(cat $irq/smp_affinity_list); fi; done", Cancellation);

    Task<SeatsStatus> HaveAsync(params (string Seat, string? Processors)[] wanted) => Seats.WaitForStatusAsync(
        $"the seats to have these processors: {string.Join(", ", wanted)}",
        status => wanted.All(want => status.Seats.Any(seat => seat.Name == want.Seat && seat.Processors == want.Processors)), Cancellation);

    /// <summary>What libvirt says that a guest's only virtual processor runs on, and what the kernel says of its thread (proc(5), Cpus_allowed_list).</summary>
    async Task<(string Libvirt, string Kernel)> RunsOnAsync(string guest)
    {
        var libvirt = await Pc.MustRunAsync($"virsh vcpupin {guest} | sed -n 's/^ *0 *//p'", Cancellation);
        var kernel = await Pc.MustRunAsync($"""
            for task in /proc/$(cat /run/libvirt/qemu/{guest}.pid)/task/*; do
              if grep --quiet '^CPU 0/' $task/comm; then sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' $task/status; fi
            done
            """, Cancellation);
        return (libvirt.Trim(), kernel.Trim());
    }
}
