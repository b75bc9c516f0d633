using System.Formats.Tar;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.Scenarios;

/// <summary>Definitions of all kinds, as a seat runs them, before a libvirt with a real QEMU.</summary>
[Collection(Order.NobodyIsThere)]
public sealed class CorpusIsAccepted(RunningPc running) : Scenario(running)
{
    /// <summary>Of those that this libvirt and QEMU know: others name machines, processors and firmware of elsewhere.</summary>
    const int Fewest = 30;

    static readonly SeatOverlay Virtio = new("left", "/dev/input/event7", "/dev/input/event8", []);

    /// <summary>Each definition has one of them.</summary>
    static readonly SeatOverlay[] Overlays =
    [
        Virtio,
        Virtio with { Gpu = ["0000:01:00.0", "0000:01:00.1"] },
        Virtio with { HasTpm = true, Usb = [new("1-1.3", 1, 5)] },
        Virtio with { Screen = new(1920, 1080) },
    ];

    [Fact(Explicit = true)]
    public async Task What_libvirt_takes_as_it_is_stored_it_takes_as_a_seat_runs_it()
    {
        var domains = Path.Combine(ThePackage.Artifacts, "../tests/data/domains");
        var folder = Directory.CreateTempSubdirectory("phyllome-corpus-");
        try
        {
            foreach (var (index, file) in Directory.EnumerateFiles(domains, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Index())
            {
                var stored = await File.ReadAllTextAsync(file, Cancellation);
                var name = Path.GetRelativePath(domains, file).Replace('/', '.');
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{name}.stored"), stored, Cancellation);
                // A machine without PCI can have no card.
                var overlay = stored.Contains("machine='microvm'", StringComparison.Ordinal) ? Virtio : Overlays[index % Overlays.Length];
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{name}.seated"), Overlay.Apply(stored, overlay), Cancellation);
            }

            var archive = folder.FullName + ".tar";
            await TarFile.CreateFromDirectoryAsync(folder.FullName, archive, includeBaseDirectory: false, Cancellation);
            var inside = await Pc.CopyInAsync(archive, Cancellation);
            File.Delete(archive);
            var said = await Pc.MustRunAsync($$"""
                mkdir /root/corpus && tar --extract --file={{inside}} --directory=/root/corpus && cd /root/corpus
                for stored in *.stored; do
                  guest=$(virsh define $stored 2> /dev/null | sed "s/.*'\(.*\)'.*/\1/") && [ -n "$guest" ] || continue
                  virsh --quiet undefine "$guest" --nvram --managed-save > /dev/null 2>&1
                  if why=$(virsh --quiet define --validate ${stored%.stored}.seated 2>&1); then
                    echo "taken ${stored%.stored}"; virsh --quiet undefine "$guest" --nvram > /dev/null 2>&1
                  else
                    echo "refused ${stored%.stored}: $why"
                  fi
                done
                """, Cancellation);
            var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            TestContext.Current.SendDiagnosticMessage(said);
            Assert.Equal([], lines.Where(line => line.StartsWith("refused", StringComparison.Ordinal)));
            Assert.InRange(lines.Length, Fewest, int.MaxValue);
        }
        finally
        {
            folder.Delete(recursive: true);
            await Pc.RunAsync("rm -rf /root/corpus", Cancellation);
        }
    }
}
