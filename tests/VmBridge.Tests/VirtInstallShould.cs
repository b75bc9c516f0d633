using System.Diagnostics;
using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

/// <summary>The virt-install of this machine, asked by a libvirtd of the test's own. No guest is started.</summary>
public sealed class VirtInstallShould : IDisposable
{
    private readonly PrivateDaemon _daemon = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Give_definitions_that_libvirts_schema_takes_and_keep_nothing()
    {
        using var owner = await StartAsync();
        var folder = _daemon.MakeFolder("disks");
        using var pool = owner.CreatePool(Pool(folder));
        foreach (var os in new[] { "win11", "win10", "win7", "debian11", "winxp", "generic" })
        {
            var profile = OsNames.ProfileOf(os);
            var hardware = ProfileHardware.Of(profile)!;
            var wish = new NewGuestWish("play", os, $"{folder}/setup.iso", "disks", null, DiskGiB: 1, hardware.UsualMiB, hardware.UsualVcpus);

            var answer = (await new VirtInstall().RunAsync(VirtInstallArguments.Of(wish, hardware, hasUefi: true, _daemon.QemuUri, $"{folder}/play.qcow2"), Cancellation))!;

            Assert.True(answer.Exit == 0, $"{os}: {answer.Error}");
            var made = NewGuestDefinition.Make(answer.Output, profile, wish.Iso);
            Assert.Null(Definitions.SchemaFault(made));
            Assert.Null(await ValidatedAsync(made));
            var domain = XElement.Parse(made);
            Assert.Equal(profile, ProfileFinder.Find(domain, null).Profile);
            Assert.Empty(ProfileAdditions.Advice(profile, domain));
            Assert.Equal(["1", "2"], domain.Descendants("boot").Attributes("order").Select(order => order.Value));
            Assert.Equal([$"{folder}/play.qcow2", wish.Iso], domain.Descendants("disk").Elements("source").Attributes("file").Select(file => file.Value));
        }
        Assert.Empty(Directory.EnumerateFiles(folder));
    }

    [Fact]
    public async Task Have_libvirt_store_what_it_gave_with_a_disk_beside_it()
    {
        using var owner = await StartAsync();
        Assert.SkipUnless(PrivateDaemon.HasStorage, "libvirt's driver of storage is not installed here");
        var folder = _daemon.MakeFolder("disks");
        using var pool = owner.CreatePool(Pool(folder));
        var media = _daemon.MakeFolder("media");
        var iso = $"{media}/a, \"medium\" & more.iso";
        File.WriteAllText(iso, "a medium");
        var maker = new GuestMaker(owner, _daemon.QemuUri, new VirtInstall());

        var plan = await maker.PlanAsync(new("play", "debian11", iso, "disks", MemoryMiB: 512, DiskGiB: 4), _ => { }, Cancellation);
        Assert.Empty(Directory.EnumerateFiles(folder));
        maker.Make(plan, _ => { }, Cancellation);

        using var guest = owner.Find("play")!;
        Assert.Contains(iso, XElement.Parse(guest.GetXml(DomainXml.Inactive)).Descendants("source").Attributes("file").Select(file => file.Value));
        Assert.Equal([$"{folder}/play.qcow2"], Directory.EnumerateFiles(folder));
        Assert.Null(owner.FindPoolOf(media));
        Assert.InRange(new FileInfo($"{folder}/play.qcow2").Length, 1, 1 << 20);
    }

    [Fact]
    public async Task Be_said_to_be_missing_where_it_is() =>
        Assert.Null(await new VirtInstall("/nowhere/virt-install").RunAsync(["--version"], Cancellation));

    [Fact]
    public async Task Have_ended_once_it_is_cancelled()
    {
        using var end = new CancellationTokenSource();
        var file = Path.Combine(Directory.CreateTempSubdirectory("phyllome-virt-install-").FullName, "pid");
        var folder = Path.GetDirectoryName(file)!;
        using var watch = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
        watch.Renamed += (_, _) => end.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new VirtInstall("/bin/sh").RunAsync(["-c", $"echo $$ > {file}.new; mv {file}.new {file}; exec sleep 600"], end.Token).WaitAsync(TimeSpan.FromSeconds(30), Cancellation));

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(int.Parse(File.ReadAllText(file), System.Globalization.CultureInfo.InvariantCulture)));
        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => _daemon.Dispose();

    private async Task<LibvirtConnection> StartAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/virt-install"), "virt-install is not installed here (package virtinst)");
        Assert.SkipUnless(PrivateDaemon.HasQemu && PrivateDaemon.HasStorage, "libvirtd with its drivers of QEMU and storage is not installed here");
        _daemon.Start();
        return await _daemon.ConnectAsync();
    }

    private static string Pool(string folder) => $"<pool type='dir'><name>disks</name><target><path>{folder}</path></target></pool>";

    /// <summary>What virt-xml-validate says; null where it is content, or not there.</summary>
    private static async Task<string?> ValidatedAsync(string definition)
    {
        if (!File.Exists("/usr/bin/virt-xml-validate"))
            return null;
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, definition, Cancellation);
        using var validate = Process.Start(new ProcessStartInfo("/usr/bin/virt-xml-validate", [file, "domain"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = validate.StandardOutput.ReadToEndAsync(Cancellation);
        var error = await validate.StandardError.ReadToEndAsync(Cancellation) + await output;
        await validate.WaitForExitAsync(Cancellation);
        File.Delete(file);
        return validate.ExitCode == 0 ? null : error;
    }
}
