namespace Phyllome.Seats.Scenarios;

/// <summary>logind's whole way to sleep and back; in the place of the kernel's suspend stands a unit that says how the guests are.</summary>
public sealed class HostSleeps(RunningPc running) : Scenario(running)
{
    const string Suspend = "/run/systemd/system/systemd-suspend.service.d";

    /// <summary>A pipe: the unit waits at it for whoever reads, and the reader for the unit.</summary>
    const string Asleep = "/run/asleep";

    const string Logind = "busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager";

    [Fact]
    public async Task A_host_with_passed_through_cards_refuses_to_sleep_and_one_that_is_made_to_pauses_the_guests_meanwhile()
    {
        await BothSitDownAsync();
        await Pc.MustRunAsync($$"""
            mkdir -p {{Suspend}} && mkfifo {{Asleep}}
            printf '[Service]\nExecStart=\nExecStart=/bin/sh -c "{ virsh domstate alpha; virsh domstate beta; } > {{Asleep}}"\n' > {{Suspend}}/scenario.conf
            systemctl daemon-reload
            """, Cancellation);
        try
        {
            // What changes is looked at when logind says that something has; the bus's first signal comes to each who listens.
            await Pc.MustRunAsync("""
                timeout 60 bash -c 'exec {said}< <(exec dbus-monitor --system "type=signal,sender=org.freedesktop.login1"); monitor=$!; trap "kill $monitor" EXIT
                  while read -r line; do [[ $line != signal* ]] || ! systemd-inhibit --list | grep -q "Phyllome Seats.*sleep.*block" || exit 0; done <& $said; exit 1'
                """, Cancellation);
            Assert.Contains("seats left, right are in use", await Pc.MustRunAsync("systemd-inhibit --list --no-legend", Cancellation), StringComparison.Ordinal);
            await Seats.WaitForStatusAsync("the reason to be said", status => status.Host.NoSleep?.EndsWith("shut that guest down first", StringComparison.Ordinal) == true, Cancellation);
            // 1: the lock counts for root too, as it does for everybody else.
            var refused = await Pc.RunAsync($"{Logind} SuspendWithFlags t 1", Cancellation);
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("Access denied", refused.Errors, StringComparison.Ordinal);

            var since = await JournalAsync();
            var guests = await Pc.MustRunAsync($"{Logind} Suspend b false && timeout 60 cat {Asleep}", Cancellation);
            Assert.Equal(["paused", "paused"], guests.Split('\n', StringSplitOptions.RemoveEmptyEntries));

            await IsDoneAsync("open the input of guest", since, times: 2);
            await Seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await EachReceivesItsOwnAsync(keys: 10, movements: 10);
        }
        finally
        {
            await Pc.MustRunAsync($"rm -rf {Suspend} {Asleep} && systemctl daemon-reload", Cancellation);
        }
    }
}
