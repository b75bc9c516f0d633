using System.Xml.Linq;
using Phyllome.Seats.Linux.Libvirt;

namespace Phyllome.Seats.VmBridge;

/// <summary>
/// New guests by virt-install, which knows of each system what libosinfo knows. It gives the definition only: the disk is made and the
/// definition stored through libvirt, in the caller's name, so that what was made is unmade where it does not come to its end.
/// </summary>
/// <param name="uri">Of <paramref name="connection"/>, which virt-install opens by itself.</param>
public sealed class GuestMaker(LibvirtConnection connection, string uri, IVirtInstall virtInstall)
{
    /// <summary>virt-install looks through all pools of the host; one on a share that is away holds it for good.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>The one whose firmware and TPM are asked for: no profile wants either of another.</summary>
    private const string Machine = "q35";

    /// <summary>
    /// Looks, checks, and asks virt-install for the definition; makes nothing. Fails with <see cref="GuestException"/>,
    /// <see cref="LibvirtException"/> or, on a wish, with <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="progress">Told what is done now, in words.</param>
    public async Task<NewGuestPlan> PlanAsync(NewGuestWish wish, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(progress);
        var what = $"make guest '{wish.Name}'";
        var profile = wish.Profile ?? OsNames.ProfileOf(wish.Os);
        var hardware = ProfileHardware.Of(profile);
        wish = wish with
        {
            DiskGiB = wish.DiskGiB ?? hardware?.UsualGiB,
            MemoryMiB = wish.MemoryMiB ?? hardware?.UsualMiB,
            Vcpus = wish.Vcpus ?? hardware?.UsualVcpus,
        };

        progress("looking at what is there");
        var sight = Look(wish, await NamesAsync(wish, what, cancellation).ConfigureAwait(false));
        if (NewGuestChecks.Fault(wish, profile, hardware, sight) is { } fault)
            throw new GuestException($"Could not {what}: {fault}");

        progress("asking virt-install for the definition");
        var volume = NewGuestChecks.VolumeOf(wish.Name);
        var disk = $"{sight.Pool!.Folder}/{volume}";
        var arguments = VirtInstallArguments.Of(wish, hardware!, sight.HasUefi, uri, disk);
        var answer = await RunAsync(arguments, what, cancellation).ConfigureAwait(false)
            ?? throw new GuestException($"Could not {what}: virt-install was removed meanwhile.");
        if (answer.Exit != 0)
            throw new GuestException($"Could not {what}: virt-install ended with {answer.Exit}: {Words(answer)}");
        var definition = NewGuestDefinition.Make(answer.Output, profile, wish.Iso);
        return new(
            wish, profile, [VirtInstall.Program, .. arguments],
            [$"make the disk {disk} of {wish.DiskGiB} GiB, which takes room as it is written", $"store the definition of guest '{wish.Name}' in libvirt ({uri})"],
            definition, volume, (long)wish.DiskGiB!.Value << 30, Notes(wish, disk));
    }

    /// <summary>
    /// Makes the disk and stores the definition. Blocks; fails as <see cref="PlanAsync"/> does, and leaves nothing then.
    /// </summary>
    public void Make(NewGuestPlan plan, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(progress);
        cancellation.ThrowIfCancellationRequested();
        using var pool = connection.FindPool(plan.Wish.Pool)
            ?? throw new GuestException($"Could not make guest '{plan.Wish.Name}': the storage pool '{plan.Wish.Pool}' went away.");
        progress($"making the disk {plan.Volume}");
        using var volume = pool.Create(new XElement("volume",
            new XElement("name", plan.Volume), new XElement("capacity", new XAttribute("unit", "B"), plan.DiskBytes), new XElement("allocation", 0),
            new XElement("target", new XElement("format", new XAttribute("type", "qcow2")))).ToString());
        var stored = false;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            progress("storing the definition");
            using var guest = connection.Define(plan.Definition);
            stored = true;
        }
        finally
        {
            if (!stored)
                Delete(volume);
        }
    }

    /// <summary>The systems that virt-install knows; null where it is not installed.</summary>
    private async Task<ValueList<string>?> NamesAsync(NewGuestWish wish, string what, CancellationToken cancellation)
    {
        // A name that will not do needs no answer of it.
        if (GuestName.Fault(wish.Name) is not null)
            return [];
        var answer = await RunAsync(VirtInstallArguments.List, what, cancellation).ConfigureAwait(false);
        if (answer is { Exit: not 0 })
            throw new GuestException($"Could not {what}: virt-install lists no systems: {Words(answer)}");
        return answer is null ? null : OsNames.Parse(answer.Output);
    }

    /// <summary>Null where virt-install is not installed.</summary>
    private async Task<VirtInstallAnswer?> RunAsync(ValueList<string> arguments, string what, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Deadline);
        try
        {
            return await virtInstall.RunAsync(arguments, late.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GuestException($"Could not {what}: virt-install has not answered within {Deadline.TotalSeconds:0} s. Does 'virsh -c {uri} pool-list --all' answer?");
        }
    }

    private NewGuestSight Look(NewGuestWish wish, ValueList<string>? names)
    {
        // libvirt is asked of nothing that a name would not pass.
        if (GuestName.Fault(wish.Name) is not null)
            return new(names, false, new(false), null, false, false, false);
        bool isTaken;
        using (var there = connection.Find(wish.Name))
            isTaken = there is not null;
        bool isKnown;
        using (var volume = connection.FindVolume(wish.Iso))
            isKnown = volume is not null;
        var abilities = Abilities();
        return new(
            names, isTaken, IsoLook.Read(wish.Iso, isKnown, NewGuestDefinition.QemuUser(connection.GetCapabilities())), LookAtPool(wish),
            DomainAbilities.HasUefi(abilities), DomainAbilities.HasSecureBoot(abilities), DomainAbilities.HasTpm(abilities));
    }

    private string Abilities()
    {
        try
        {
            return connection.GetDomainCapabilities(null, null, Machine, null);
        }
        catch (LibvirtException failure) when (failure.Code is LibvirtErrorCode.NoSupport or LibvirtErrorCode.ConfigUnsupported or LibvirtErrorCode.InvalidArg)
        {
            // A host that has no such machine, or a driver that cannot tell.
            return "<domainCapabilities/>";
        }
    }

    private PoolSight? LookAtPool(NewGuestWish wish)
    {
        using var pool = connection.FindPool(wish.Pool);
        if (pool is null)
            return null;
        if (!pool.IsActive)
            return new(null, false, 0, false);
        pool.Refresh();
        var definition = XElement.Parse(pool.GetXml());
        var folder = definition.Attribute("type")?.Value is "dir" or "fs" or "netfs" ? definition.Element("target")?.Element("path")?.Value : null;
        using var there = pool.Find(NewGuestChecks.VolumeOf(wish.Name));
        return new(folder, true, pool.Available, there is not null);
    }

    private ValueList<string> Notes(NewGuestWish wish, string disk) =>
    [
        $"Its first start installs from {wish.Iso}, since its disk is empty: name it among the guests of a seat in seats.toml, or start it with 'virsh -c {uri} start {wish.Name}'.",
        $"To remove it with its disk: virsh -c {uri} undefine {wish.Name} --nvram --tpm --storage {disk}",
    ];

    private static string Words(VirtInstallAnswer answer) =>
        string.Join(' ', (answer.Error.Length > 0 ? answer.Error : answer.Output).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static void Delete(LibvirtVolume volume)
    {
        try
        {
            volume.Delete();
        }
        catch (LibvirtException)
        {
            // What the guest failed with is what matters.
        }
    }
}
