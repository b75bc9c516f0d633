using System.Text.Json;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Libvirt;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Processors;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatCtl;

/// <summary>What <c>guest diff</c> prints with <c>--json</c>.</summary>
/// <param name="Seat">The seat whose own guest it is, else the first that reaches it; null where none does.</param>
internal sealed record GuestDifference(
    string Guest, string? Seat, GuestProfile Profile, string Because, IReadOnlyList<OverlayChange> Changes, IReadOnlyList<string> Advice);

/// <summary>
/// <c>seatctl guest diff</c>: how a guest differs at its seat from how it is stored. It asks libvirt itself, read-only, and needs neither the
/// service nor any privilege: no definition travels over D-Bus, and a guest can be looked at before there is a seat.
/// </summary>
internal static class GuestDiff
{
    private const string LibvirtVariable = "PHYLLOME_SEATS_LIBVIRT";

    /// <summary>A seat that is not configured, and nodes that are made when a guest is first seated.</summary>
    private const string SomeSeat = "SEAT", SomeNode = "/dev/input/eventN";

    /// <summary>The libvirt that the service uses, too.</summary>
    internal static string LibvirtUri => Environment.GetEnvironmentVariable(LibvirtVariable) is { Length: > 0 } other ? other : "qemu:///system";

    internal static async Task<ExitCode> RunAsync(string name, string file, string uri, bool json, Terminal terminal, CancellationToken cancellation)
    {
        // Also the card that a seat has by its ids or by chance is one of this machine's.
        var configuration = GpuChoice.Resolve(
            await ReadAsync(file, cancellation), Memory.Empty, new([], DisplayInventory.Read(), GpuInventory.Read(), null), Current.Nothing);
        var seat = configuration.Seats.FirstOrDefault(seat => seat.Guests[0] == name) ?? configuration.Seats.FirstOrDefault(seat => seat.Guests.Contains(name));
        var wish = configuration.Guests.FirstOrDefault(wish => wish.Name == name);
        var gpu = seat?.Gpu is { } address && seat.Guests[0] == name ? GpuInventory.Functions(address) : [];
        var part = seat?.Guests[0] == name ? seat.GpuPick?.Part : null;
        var overlay = new SeatOverlay(seat?.Name ?? SomeSeat, SomeNode, SomeNode, gpu)
        {
            Profile = wish?.Profile,
            Input = wish?.Input,
            HasTpm = true,
            IsPart = part is not null,
            Remote = configuration.RemoteOf(name, seat) is { } remote ? new(remote.Size) : null,
            Mediated = part is { Type: not null } ? part.Of(seat!.Name) : null,
        };
        OverlayDifference difference;
        try
        {
            var (definition, pinning) = Read(name, uri, configuration, seat is not null, HostTopologyReader.Read());
            difference = Overlay.Diff(definition, overlay with { Pinning = pinning });
        }
        catch (GuestException refusal)
        {
            throw new CommandFailure(ExitCode.Failed, refusal.Message);
        }
        var document = new GuestDifference(name, seat?.Name, difference.Profile, difference.Because, difference.Changes.ToList(), difference.Advice.ToList());
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(document, DocumentsJson.Default.GuestDifference));
        else
            Write(document, terminal.Out);
        return ExitCode.Done;
    }

    private static async Task<SeatsConfiguration> ReadAsync(string file, CancellationToken cancellation)
    {
        if (await ConfigurationText.ReadAsync(file, cancellation) is not { } text)
            return SeatsConfiguration.Default;
        var (configuration, diagnostics) = SeatsToml.Parse(text, file);
        return configuration ?? throw new CommandFailure(ExitCode.Failed, $"{diagnostics.First(one => one.Severity == Severity.Error)} See: seatctl config check");
    }

    /// <summary>Its definition, and the processors that it gets while every seat's own guest runs.</summary>
    private static (string Definition, GuestPinning? Pinning) Read(string name, string uri, SeatsConfiguration configuration, bool seated, HostTopology host)
    {
        try
        {
            using var connection = LibvirtConnection.OpenReadOnly(uri);
            using var domain = connection.Find(name)
                ?? throw new CommandFailure(ExitCode.NotThere, $"libvirt ({uri}) has no guest '{name}'; 'virsh list --all' lists those that are.");
            var needs = new List<GuestNeed>();
            var owned = new List<int>();
            foreach (var seat in seated ? configuration.Seats : [])
            {
                // Of a guest that two seats have for their own, the first does.
                using var own = connection.Find(seat.Guests[0]);
                if (own is null || needs.Any(need => need.Guest == own.Uuid))
                    continue;
                var processors = GuestHost.ReadProcessors(own);
                owned.AddRange(processors.Pinned);
                if (configuration.Host.Pinning && !processors.Owners && !configuration.Guests.Any(wish => wish.Name == own.Name && !wish.Pinning))
                    needs.Add(new(own.Uuid, processors.Vcpus, processors.Memory, seat.Gpu is { } gpu ? HostTopologyReader.NodeOf(gpu) : null));
            }
            return (domain.GetXml(DomainXml.Inactive), SeatProcessors.Plan(host, needs.ToValueList(), owned).Guests.FirstOrDefault(guest => guest.Guest == domain.Uuid));
        }
        catch (LibvirtException failure)
        {
            var daemon = LibvirtDaemon.Find().Name;
            throw new CommandFailure(ExitCode.Failed, $"{failure.Message}. Is {daemon} running? See: systemctl status {daemon}");
        }
    }

    private static void Write(GuestDifference document, TextWriter output)
    {
        output.WriteLine($"{document.Guest} at {(document.Seat is null ? "a seat" : $"seat {document.Seat}")}, as {EnumWords.Of(document.Profile)}: {document.Because}.");
        foreach (var change in document.Changes)
        {
            output.WriteLine($"{(change.Kind == OverlayChangeKind.Added ? '+' : '-')} {change.Where}: {change.Xml}");
            output.WriteLine($"    {change.Why}");
        }
        foreach (var advice in document.Advice)
            output.WriteLine($"! {advice}");
    }
}
