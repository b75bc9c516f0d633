using System.Text.RegularExpressions;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Configuration;

/// <summary>Reads <c>seats.toml</c>.</summary>
public static partial class SeatsToml
{
    private static readonly string[] Tables = ["host", "hotkeys", "spawn", "template", "guest", "seat"];

    /// <summary>Checks the whole file and tells every fault of it; never throws.</summary>
    /// <param name="file">The name that diagnostics have.</param>
    /// <returns>No configuration where one of the diagnostics is an error.</returns>
    public static (SeatsConfiguration? Configuration, ValueList<Diagnostic> Diagnostics) Parse(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var reader = new TomlReader(file);
        var (root, faults) = TomlTree.Read(text);
        foreach (var (place, sentence) in faults)
            reader.Fault(place, sentence);
        foreach (var (key, entry) in root.Entries)
        {
            if (!Tables.Contains(key))
                reader.Fault(entry.Key, $"unknown {(entry.Value is TomlTable or TomlList { OfTables: true } ? "table" : "key")} {Words.Quote(key)}{TomlReader.Hint(key, Tables)}");
        }
        var host = Host(reader, Table(reader, root, "host"));
        var hotkeys = Chords.Read(reader, Table(reader, root, "hotkeys"));
        var templates = Templates(reader, Table(reader, root, "template"));
        var spawn = Spawn(reader, Table(reader, root, "spawn"), templates);
        var guests = GuestWishes(reader, Table(reader, root, "guest"));
        var seats = Seats(reader, root, hotkeys);
        SeatsCheck.Across(reader, seats, host.Kept);
        if (host.Seat is { } sitting && seats.TrueForAll(seat => seat.Name != sitting.Value))
            reader.Warn(sitting.Place, $"no [[seat]] has the name {Words.Quote(sitting.Value)}, so the host is in nobody's reach until one forms by itself or is added{Words.DidYouMean(sitting.Value, seats.Select(seat => seat.Name))}");
        return (reader.Failed ? null : new(host.Wish, hotkeys, seats.ToValueList()) { Guests = guests.ToValueList(), Templates = templates.Values.ToValueList(), File = file, Spawn = spawn }, reader.Diagnostics);
    }

    private static TomlTable? Table(TomlReader reader, TomlTable root, string name)
    {
        if (!root.Entries.TryGetValue(name, out var entry))
            return null;
        if (entry.Value is TomlTable table)
            return table;
        reader.Fault(entry.Key, $"{Words.Quote(name)} is {entry.Value.Kind}, but takes a table: write [{name}]");
        return null;
    }

    private static readonly TimeSpan ShortestStall = TimeSpan.FromSeconds(10);

    private static (HostWish Wish, List<(Place Place, Selector Selector)> Kept, (Place Place, string Value)? Seat) Host(TomlReader reader, TomlTable? table)
    {
        if (table is null)
            return (SeatsConfiguration.Default.Host, [], null);
        reader.CheckKeys(table, "[host]", "keep", "display", "seat", "new-devices", "release-on-stall", "pinning");
        var kept = reader.Selectors(table, "keep", Selectors.ForHost);
        foreach (var (place, selector) in kept)
        {
            if (selector.Kind is SelectorKind.Connector or SelectorKind.Edid)
                reader.NotInForce(place, "a display in 'keep'");
        }
        Selector? display = null;
        if (reader.Text(table, "display") is { } text
            && !Selectors.TryParse(text.Value, [SelectorKind.Connector, SelectorKind.Edid], out display, out var fault))
            reader.Fault(text.Place, fault);
        var seat = reader.Text(table, "seat");
        if (seat is { } named)
            CheckName(reader, named.Place, named.Value);
        var policy = reader.OneOf<NewDevices>(table, "new-devices") ?? NewDevices.Accept;
        var wish = new HostWish(kept.Select(keep => keep.Selector).ToValueList(), display)
        {
            NewDevices = policy,
            KeepAt = kept.Select(keep => keep.Place).ToValueList(),
            Seat = seat?.Value,
            ReleaseOnStall = ReleaseOnStall(reader, table),
            Pinning = reader.Truth(table, "pinning") ?? true,
        };
        return (wish, kept, seat);
    }

    private static TimeSpan? ReleaseOnStall(TomlReader reader, TomlTable table)
    {
        const string Name = "release-on-stall";
        if (reader.Duration(table, Name) is not { } limit)
            return null;
        if (limit >= ShortestStall)
            return limit;
        reader.Fault(table.Entries[Name].Value.Place, $"{Words.Quote(Name)} is too short: a manager that is upgraded is away for some seconds, so it takes {ShortestStall.TotalSeconds:0}s at least");
        return null;
    }

    /// <summary>The tables below one table, like [guest.NAME], with the places of their names.</summary>
    private static IEnumerable<(string Name, Place Place, TomlTable Table)> Named(TomlReader reader, TomlTable? all, string kind)
    {
        foreach (var (name, entry) in all?.Entries ?? [])
        {
            if (entry.Value is TomlTable table)
                yield return (name, entry.Key, table);
            else
                reader.Fault(entry.Value.Place, $"{kind} {Words.Quote(name)} is {entry.Value.Kind}, but takes a table: write [{kind}.NAME]");
        }
    }

    private static Dictionary<string, TemplateWish> Templates(TomlReader reader, TomlTable? all)
    {
        var templates = new Dictionary<string, TemplateWish>(StringComparer.Ordinal);
        foreach (var (name, place, table) in Named(reader, all, "template"))
        {
            CheckName(reader, place, name);
            reader.CheckKeys(table, "[template.NAME]", "clone", "persistent");
            var clone = reader.Text(table, "clone");
            if (!table.Entries.ContainsKey("clone"))
                reader.Fault(place, $"template {Words.Quote(name)} has no 'clone': name the libvirt domain that is to be cloned");
            else if (clone is { Value: "" } empty)
                reader.Fault(empty.Place, "'clone' is empty: name the libvirt domain that is to be cloned");
            templates[name] = new(name, new(clone?.Value ?? "", reader.Truth(table, "persistent") ?? false));
        }
        return templates;
    }

    private static List<GuestWish> GuestWishes(TomlReader reader, TomlTable? all)
    {
        var guests = new List<GuestWish>();
        foreach (var (name, _, table) in Named(reader, all, "guest"))
        {
            reader.CheckKeys(table, "[guest.NAME]", "profile", "input", "pinning");
            guests.Add(new(name, reader.OneOf<GuestProfile>(table, "profile"), reader.OneOf<InputBus>(table, "input")) { Pinning = reader.Truth(table, "pinning") ?? true });
        }
        return guests;
    }

    private static SpawnWish Spawn(TomlReader reader, TomlTable? table, Dictionary<string, TemplateWish> templates)
    {
        if (table is null)
            return SpawnWish.Default;
        reader.CheckKeys(table, "[spawn]", "mode", "template", "linger", "away");
        var mode = reader.OneOf<SpawnMode>(table, "mode") ?? SpawnMode.Auto;
        var template = reader.Text(table, "template");
        TemplateWish? wish = null;
        if (template is { } named && !templates.TryGetValue(named.Value, out wish))
            reader.Fault(named.Place, $"there is no [template.NAME] with the name {Words.Quote(named.Value)}{Words.DidYouMean(named.Value, templates.Keys)}");
        return new(mode, wish, reader.Duration(table, "linger") ?? SpawnWish.Default.Linger)
        {
            Away = reader.OneOf<WhenAway>(table, "away") ?? SpawnWish.Default.Away,
        };
    }

    private static List<SeatWish> Seats(TomlReader reader, TomlTable root, Hotkeys hotkeys)
    {
        var seats = new List<SeatWish>();
        if (!root.Entries.TryGetValue("seat", out var entry))
            return seats;
        if (entry.Value is not TomlList list)
        {
            reader.Fault(entry.Key, $"'seat' is {entry.Value.Kind}, but takes one table for each seat: write [[seat]]");
            return seats;
        }
        foreach (var item in list.Items)
        {
            if (item is TomlTable table)
                seats.Add(Seat(reader, table, hotkeys));
            else
                reader.Fault(item.Place, $"'seat' holds {item.Kind}, but takes tables: write [[seat]]");
        }
        return seats;
    }

    private static SeatWish Seat(TomlReader reader, TomlTable table, Hotkeys hotkeys)
    {
        reader.CheckKeys(table, "[[seat]]", "name", "guests", "devices", "displays", "gpu", "owner", "host-keys", "away", "remote", "rotate");
        var name = reader.Text(table, "name");
        if (name is { } named)
            CheckName(reader, named.Place, named.Value);
        else if (!table.Entries.ContainsKey("name"))
            reader.Fault(table.Place, "this seat has no 'name': give it one, like name = \"left\"");

        var guests = Guests(reader, table);
        var devices = reader.Selectors(table, "devices", Selectors.ForDevices);
        var displays = reader.Selectors(table, "displays", Selectors.ForDisplays);
        var gpu = Gpu(reader, table);
        var owner = reader.Text(table, "owner");
        if (owner is { } user && !OwnerSyntax().IsMatch(user.Value))
            reader.Fault(user.Place, $"'owner' cannot be {Words.Quote(user.Value)}: it is the name of a user");
        var away = reader.OneOf<WhenAway>(table, "away") ?? WhenAway.Keep;
        // Its guest would be started for nobody.
        if (away != WhenAway.Keep && devices.Count == 0 && displays.Exists(display => display.Selector.Kind == SelectorKind.Remote))
            reader.Fault(table.Entries["away"].Value.Place, $"'away' of a seat with the display 'remote' and without 'devices' is {Words.Quote(EnumWords.Of(WhenAway.Keep))}: its guest is started when somebody sits down, which nobody can here");
        return new(
            name?.Value ?? "", guests.Select(g => g.Value).ToValueList(), devices.Select(d => d.Selector).ToValueList(),
            displays.Select(d => d.Selector).ToValueList(), gpu?.Address, owner?.Value,
            new(table.Place, guests.Select(g => g.Place).ToValueList(), devices.Select(d => d.Place).ToValueList(),
                displays.Select(d => d.Place).ToValueList(), gpu?.Place))
        {
            GpuPick = gpu?.Pick,
            HostKeys = HostKeys.Read(reader, table, hotkeys),
            Away = away,
            Remote = RemoteTable.Read(reader, table, displays),
            Rotations = RotateValue.Read(reader, table, gpu is { Address: not null } or { Pick.Part: null }),
        };
    }

    private static List<(Place Place, string Value)> Guests(TomlReader reader, TomlTable table)
    {
        var guests = new List<(Place Place, string Value)>();
        foreach (var (place, guest) in reader.Texts(table, "guests") ?? [])
        {
            if (guest.Length == 0)
                reader.Fault(place, "a guest's name is empty: 'guests' are names of libvirt domains");
            else if (guests.Exists(other => other.Value == guest))
                reader.Fault(place, $"guest {Words.Quote(guest)} stands twice in 'guests': remove one");
            else
                guests.Add((place, guest));
        }
        if (!table.Entries.TryGetValue("guests", out var entry))
            reader.Fault(table.Place, "this seat has no 'guests': name the libvirt domains in its reach, its own first, like guests = [\"windows\"]");
        else if (entry.Value is TomlList { Items.Count: 0 })
            reader.Fault(entry.Value.Place, "'guests' is empty: name at least one libvirt domain, the first is the seat's own");
        return guests;
    }

    private static (Place Place, string? Address, GpuPick? Pick)? Gpu(TomlReader reader, TomlTable table)
    {
        if (reader.Text(table, "gpu") is not { } gpu || gpu.Value == "virtio")
            return null;
        if (gpu.Value == "auto")
            return (gpu.Place, null, new(null));
        if (gpu.Value.StartsWith("id:", StringComparison.Ordinal))
        {
            if (Selectors.TryParse(gpu.Value, [SelectorKind.Id], out var id, out var fault))
                return (gpu.Place, null, new(id.Value));
            reader.Fault(gpu.Place, fault);
            return null;
        }
        if (GpuPart.Parse(gpu.Value) is { } part)
            return (gpu.Place, null, new(null) { Part = part });
        if (gpu.Value.StartsWith("pci:", StringComparison.Ordinal) && Selectors.PciAddress(gpu.Value[4..]) is { } address)
            return (gpu.Place, address, null);
        var full = Selectors.PciAddress(gpu.Value) ?? Selectors.PciAddress($"0000:{gpu.Value}") ?? Selectors.PciAddress($"0000:{gpu.Value.Replace("pci:", "", StringComparison.Ordinal)}");
        reader.Fault(gpu.Place, full is null
            ? $"'gpu' cannot be {Words.Quote(gpu.Value)}: it is a PCI address in full like pci:0000:01:00.0, or vendor and product like id:10de:2684, or a part like vf:0000:01:00.0 or mdev:0000:00:02.0:TYPE, or 'auto', or 'virtio'"
            : $"'gpu' cannot be {Words.Quote(gpu.Value)}: did you mean 'pci:{full}'?");
        return null;
    }

    /// <summary>Whether a seat can have that name.</summary>
    public static bool IsSeatName(string name) => name != Planning.Step.Host && NameSyntax().IsMatch(name);

    private static void CheckName(TomlReader reader, Place place, string name)
    {
        if (name == Planning.Step.Host)
            reader.Fault(place, "a seat cannot be called 'seat0': that is the host's own");
        else if (!NameSyntax().IsMatch(name))
            reader.Fault(place, $"the name {Words.Quote(name)} is not allowed: it has 1 to 250 letters (a-z, A-Z), digits, - and _");
    }

    // logind knows the seat as seat-NAME, in at most 255 of these characters.
    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,250}\z")]
    private static partial Regex NameSyntax();

    [GeneratedRegex(@"\A[^\s\p{C}:/]{1,250}\z")]
    private static partial Regex OwnerSyntax();
}
