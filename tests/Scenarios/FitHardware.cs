using System.Text.Json;
using Phyllome.Seats.VirtualPc;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>
/// What <c>seatctl doctor</c> says of one PC after another, each booted for it alone, without guests and without the package. Each costs a boot,
/// so they run on request (--explicit only).
/// </summary>
[Collection(Order.PcOfItsOwn)]
public sealed class FitHardware
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static readonly PcGpu[] OneCard = [new("card")];

    [Fact(Explicit = true)]
    public Task Without_an_IOMMU_no_card_is_fit() =>
        SaysAsync(new() { Iommu = false, Gpus = OneCard }, "card: refuse iommu", "boot: refuse iommu", "host: warning iommu");

    [Fact(Explicit = true)]
    public Task With_an_IOMMU_that_the_kernel_does_not_use_no_card_is_fit() =>
        SaysAsync(new() { KernelArguments = "intel_iommu=off", Gpus = OneCard }, "card: refuse iommu");

    [Fact(Explicit = true)]
    public Task Without_interrupt_remapping_no_card_is_fit() =>
        SaysAsync(new() { IommuInterruptRemapping = false, Gpus = OneCard }, "card: refuse interrupt-remapping", "host: warning interrupt-remapping");

    [Fact(Explicit = true)]
    public Task Cards_that_share_a_group_behind_a_bridge_are_not_fit() =>
        SaysAsync(new() { Gpus = [new("card", "both"), new("other", "both")] }, "card: refuse iommu-group", "other: refuse iommu-group");

    [Fact(Explicit = true)]
    public Task A_card_that_nothing_can_reset_is_not_fit() =>
        SaysAsync(new() { Gpus = [new("card") { OnRootBus = true }] }, "card: refuse reset");

    [Fact(Explicit = true)]
    public Task A_card_with_audio_is_fit_with_it() =>
        SaysAsync(new() { Gpus = [new("card") { HasAudio = true }] }, "card: ok functions", "card: ok iommu-group", "card: ok reset", "card: passes");

    [Fact(Explicit = true)]
    public async Task Of_two_cards_of_a_kind_the_free_one_is_fit_and_the_busy_one_and_the_boots_are_not()
    {
        await using var pc = await StartAsync(new() { Gpus = [new("card"), new("busy")] });
        var cards = await CardsAsync(pc);
        await pc.MustRunAsync($"systemd-run --quiet --unit=holder --property=StandardInput=file:/dev/dri/$(basename /sys/bus/pci/devices/{cards["busy"]}/drm/card*) sleep infinity", Cancellation);
        await HoldsAsync(pc, cards, ["card: passes", "card: ok in-use", "busy: refuse in-use", "boot: refuse boot-gpu", "boot: refuse console"]);

        var claim = await pc.MustRunAsync($"/mnt/share/seatctl gpu claim {cards["card"]} --dry-run", Cancellation);
        Assert.Contains(cards["card"], claim, StringComparison.Ordinal);
        Assert.DoesNotContain(cards["busy"], claim, StringComparison.Ordinal);
        Assert.Empty(await pc.MustRunAsync("find /etc -name '*phyllome*'", Cancellation));
    }

    [Fact(Explicit = true)]
    public async Task A_card_that_the_kernels_console_draws_on_is_not_fit()
    {
        await using var pc = await StartAsync(new() { KernelArguments = "fbcon=map:1", Gpus = OneCard });
        var cards = await CardsAsync(pc);
        // Which of the two is the second framebuffer is the drivers' race.
        var second = await pc.MustRunAsync("readlink --canonicalize /sys/class/graphics/fb1", Cancellation);
        var (drawn, other) = second.Contains(cards["card"], StringComparison.Ordinal) ? ("card", "boot") : ("boot", "card");
        await HoldsAsync(pc, cards, [$"{drawn}: refuse console", $"{other}: ok console"]);
    }

    [Fact(Explicit = true)]
    public async Task A_card_that_can_be_split_is_fit_as_long_as_it_is_whole()
    {
        await using var pc = await StartAsync(new() { Gpus = [new("card") { VirtualFunctions = 2 }] });
        var cards = await CardsAsync(pc);
        var folder = $"/sys/bus/pci/devices/{cards["card"]}";
        // The kernel's own virtual functions, on what is no graphics card but in this.
        await pc.MustRunAsync($"echo 0x030000 > /run/class && mount --bind /run/class {folder}/class", Cancellation);
        await HoldsAsync(pc, cards, ["card: ok virtual-functions", "card: passes"]);

        await pc.CopyInAsync(Path.Combine(ThePackage.Artifacts, "publish/DeviceHelper/phyllome-device-helper"), Cancellation);
        var split = await HelpAsync(pc, $$"""{"do":"split-gpu","address":"{{cards["card"]}}","count":2}""");
        Assert.Contains($"split the gpu {cards["card"]} into 2 virtual functions", split, StringComparison.Ordinal);
        // Without a driver of the host, as a guest needs them.
        Assert.Equal("2\n", await pc.MustRunAsync($"cat {folder}/sriov_numvfs; ls -d {folder}/virtfn*/driver 2> /dev/null || true", Cancellation));
        await HoldsAsync(pc, cards, ["card: refuse virtual-functions"]);

        var whole = await HelpAsync(pc, $$"""{"do":"give-back-gpu","address":"{{cards["card"]}}"}""");
        Assert.Contains($"took the parts of the gpu {cards["card"]} away", whole, StringComparison.Ordinal);
        Assert.Equal("0\n", await pc.MustRunAsync($"cat {folder}/sriov_numvfs", Cancellation));
        await HoldsAsync(pc, cards, ["card: ok virtual-functions", "card: passes"]);
    }

    [Fact(Explicit = true)]
    public Task Groups_that_an_option_pretends_are_warned_of() =>
        SaysAsync(new() { KernelArguments = "pcie_acs_override=downstream", Gpus = OneCard }, "card: warning acs-override", "host: warning acs-override");

    [Fact(Explicit = true)]
    public Task A_PC_whose_seats_are_switched_off_is_not_fit() =>
        SaysAsync(new() { KernelArguments = "phyllome.seats=off", Gpus = OneCard }, "host: refuse kernel-switch");

    static async Task SaysAsync(PcHardware hardware, params string[] expected)
    {
        await using var pc = await StartAsync(hardware);
        await HoldsAsync(pc, await CardsAsync(pc), expected);
    }

    static async Task<Pc> StartAsync(PcHardware hardware)
    {
        var pc = await Pc.StartAsync(hardware, new Said(), Cancellation);
        await pc.CopyInAsync(Path.Combine(ThePackage.Artifacts, "publish/SeatCtl/seatctl"), Cancellation);
        return pc;
    }

    /// <summary>Addresses of the described cards, which are in the order of their slots, and of the boot's.</summary>
    static async Task<Dictionary<string, string>> CardsAsync(Pc pc)
    {
        // virtio-vga is 1af4:1050, bochs-display 1234:1111, nvme 1b36:0010.
        var found = (await pc.MustRunAsync("for id in 1af4:1050 1234:1111 1b36:0010; do lspci -D -d $id; done | cut -d' ' -f1", Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return pc.Hardware.Gpus.Select(gpu => gpu.Name).Prepend("boot").Zip(found).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>What the device helper answers, which has its connection as input.</summary>
    static Task<string> HelpAsync(Pc pc, string operation) => pc.MustRunAsync($$"""
        chmod +x /mnt/share/phyllome-device-helper && perl -e '
            use Socket;
            socketpair(my $own, my $helpers, AF_UNIX, SOCK_SEQPACKET, 0) or die "$!";
            if (!fork) {
                close $own;
                open STDIN, "<&", $helpers or die "$!";
                exec "/mnt/share/phyllome-device-helper" or die "$!";
            }
            close $helpers;
            send($own, "{\"operations\":[$ARGV[0]]}", 0) or die "$!";
            defined recv($own, my $answer, 65536, 0) or die "$!";
            print $answer;
        ' '{{operation}}'
        """, Cancellation);

    /// <param name="expected"><c>SUBJECT: VERDICT CHECK</c>, or <c>SUBJECT: passes</c> where no check refuses.</param>
    static async Task HoldsAsync(Pc pc, Dictionary<string, string> cards, string[] expected)
    {
        var said = (await pc.RunAsync("chmod +x /mnt/share/seatctl; /mnt/share/seatctl doctor --json", Cancellation)).Output;
        using var diagnosis = JsonDocument.Parse(said);
        var verdicts = new List<string>();
        void Add(string subject, JsonElement findings)
        {
            var all = findings.EnumerateArray().Select(finding => (Verdict: finding.GetProperty("verdict").GetString(), Check: finding.GetProperty("check").GetString())).ToList();
            verdicts.AddRange(all.Select(finding => $"{subject}: {finding.Verdict} {finding.Check}"));
            if (all.All(finding => finding.Verdict != "refuse")) verdicts.Add($"{subject}: passes");
        }
        Add("host", diagnosis.RootElement.GetProperty("host"));
        foreach (var gpu in diagnosis.RootElement.GetProperty("gpus").EnumerateArray())
            Add(cards.First(card => card.Value == gpu.GetProperty("function").GetProperty("address").GetString()).Key, gpu.GetProperty("findings"));
        Assert.Empty(expected.Except(verdicts).Select(missing => $"{missing}; there is {string.Join(", ", verdicts.Where(verdict => !verdict.Contains(": ok ", StringComparison.Ordinal)))}"));
    }
}
