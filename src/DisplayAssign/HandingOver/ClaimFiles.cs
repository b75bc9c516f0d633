using System.Text.Json;

namespace Phyllome.Seats.DisplayAssign.HandingOver;

/// <summary>What makes the distribution's initramfs.</summary>
public enum InitramfsMaker
{
    /// <summary>None that is known: cards are claimed when the root file system is there.</summary>
    None,
    /// <summary>Debian's and Ubuntu's.</summary>
    InitramfsTools,
    Dracut,
}

/// <summary>A file as it should be.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Text">Null where there should be none.</param>
/// <param name="Executable">Whether it is a program.</param>
public sealed record ClaimFile(string Path, string? Text, bool Executable = false);

/// <summary>
/// The files by which cards are claimed: all that is written outside of /etc/phyllome, and all of it goes with the last card. Pure. Each names
/// the cards by address and ids, does nothing where either differs, and nothing at all with <c>phyllome.seats=off</c>.
/// </summary>
public static class ClaimFiles
{
    public const string Book = "etc/phyllome/gpus.json";

    /// <summary>Before 80-drivers.rules, which loads the driver that would have the card.</summary>
    public const string Rules = "etc/udev/rules.d/10-phyllome-gpus.rules";

    private const string Made = "# Made by 'seatctl gpu claim', gone with 'seatctl gpu release'.";

    private const string Hook = "etc/initramfs-tools/hooks/phyllome-gpus", Script = "etc/initramfs-tools/scripts/init-top/phyllome-gpus", Dracut = "etc/dracut.conf.d/phyllome-gpus.conf";

    /// <summary>What makes the initramfs anew after the files have changed, program and arguments; null where nothing is known to.</summary>
    public static ValueList<string>? Remake(InitramfsMaker maker) => maker switch
    {
        InitramfsMaker.InitramfsTools => ["update-initramfs", "-u", "-k", "all"],
        InitramfsMaker.Dracut => ["dracut", "--regenerate-all", "--force"],
        _ => null,
    };

    /// <param name="root">The directory that mirrors a machine's paths.</param>
    public static InitramfsMaker Maker(string root) =>
        File.Exists(Path.Combine(root, "usr/sbin/update-initramfs")) && Directory.Exists(Path.Combine(root, "etc/initramfs-tools")) ? InitramfsMaker.InitramfsTools
        : File.Exists(Path.Combine(root, "usr/bin/dracut")) || File.Exists(Path.Combine(root, "usr/sbin/dracut")) ? InitramfsMaker.Dracut
        : InitramfsMaker.None;

    public static ValueList<ClaimFile> Of(ClaimBook book, InitramfsMaker maker)
    {
        var functions = book.Cards.SelectMany(card => card.Functions).DistinctBy(function => function.Address).OrderBy(function => function.Address, StringComparer.Ordinal).ToList();
        string? If(bool wanted, string text) => wanted && functions.Count > 0 ? text : null;
        return
        [
            new(Book, book == ClaimBook.Empty ? null : JsonSerializer.Serialize(book, ClaimJson.Default.ClaimBook) + "\n"),
            new(Rules, If(true, RulesFor(functions))),
            new(Hook, If(maker == InitramfsMaker.InitramfsTools, HookText), Executable: true),
            new(Script, If(maker == InitramfsMaker.InitramfsTools, ScriptFor(functions)), Executable: true),
            new(Dracut, If(maker == InitramfsMaker.Dracut, DracutText)),
        ];
    }

    /// <summary>
    /// An override binds nothing by itself, and vfio-pci looks for cards when it is loaded alone: where it was before, the card is offered to it.
    /// Without vfio_iommu_type1 no guest gets a card. It comes with vfio as a soft dependency, of which BusyBox's modprobe in an initramfs knows nothing.
    /// </summary>
    private static string RulesFor(IEnumerable<ClaimedFunction> functions) => $$"""
        {{Made}}
        ACTION!="add", GOTO="phyllome_gpus_end"
        SUBSYSTEM!="pci", GOTO="phyllome_gpus_end"
        IMPORT{cmdline}="phyllome.seats"
        ENV{phyllome.seats}=="off", GOTO="phyllome_gpus_end"
        {{Lines(functions, one => $$"""KERNEL=="{{one.Address}}", ATTR{vendor}=="0x{{one.Vendor}}", ATTR{device}=="0x{{one.Product}}", ATTR{driver_override}="vfio-pci", RUN{builtin}+="kmod load vfio-pci vfio_iommu_type1", RUN+="/bin/sh -c '[ -e /sys/bus/pci/devices/%k/driver ] || echo %k > /sys/bus/pci/drivers_probe'" """.TrimEnd())}}
        LABEL="phyllome_gpus_end"

        """;

    private static string HookText => $"""
        #!/bin/sh
        {Made}
        [ "$1" != prereqs ] || exit 0
        . /usr/share/initramfs-tools/hook-functions
        manual_add_modules vfio-pci

        """;

    /// <summary>
    /// Before udev, which loads the drivers. With the override set, vfio-pci has the card as soon as it is loaded, and nobody else ever does.
    /// </summary>
    private static string ScriptFor(IEnumerable<ClaimedFunction> functions) => $$"""
        #!/bin/sh
        {{Made}}
        [ "$1" != prereqs ] || exit 0
        for word in $(cat /proc/cmdline); do [ "$word" != phyllome.seats=off ] || exit 0; done
        claim() { # address vendor product
            device=/sys/bus/pci/devices/$1
            [ -e "$device" ] && read -r vendor < "$device/vendor" && read -r product < "$device/device" || return 0
            [ "$vendor $product" = "0x$2 0x$3" ] || return 0
            echo vfio-pci > "$device/driver_override"
            echo "phyllome-seats: $1 is claimed for guests" > /dev/kmsg
        }
        {{Lines(functions, one => $"claim {one.Address} {one.Vendor} {one.Product}")}}
        modprobe -q vfio-pci || true

        """;

    /// <summary>force_drivers are loaded before udev starts, and udev finds the rule before it loads any driver.</summary>
    private static string DracutText => $"""
        {Made}
        force_drivers+=" vfio-pci "
        install_items+=" /{Rules} "

        """;

    private static string Lines(IEnumerable<ClaimedFunction> functions, Func<ClaimedFunction, string> line) => string.Join('\n', functions.Select(line));
}
