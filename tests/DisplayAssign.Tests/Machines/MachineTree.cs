using System.Text;
using System.Text.RegularExpressions;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.Preflight;
using Phyllome.Seats.DisplayAssign.Tests.Monitors;

namespace Phyllome.Seats.DisplayAssign.Tests.Machines;

/// <summary>
/// A machine written down, as its <c>tree</c> in tests/data/machines, and laid out as files like the kernel's own. A line is one of
/// <code>
/// from NAME                              all of another machine, from which this one differs
/// PATH = TEXT                            a file; \n ends a line of it
/// PATH -> TARGET                         a symbolic link
/// - GLOB                                 files, links or PCI functions that it does not have after all
/// pci [BRIDGES/]ADDRESS KEY=VALUE...     a function, or what is different about it: class, id, driver, group, bars, resize, sriov, physfn, mdev, and sysfs attributes
/// drm [BRIDGES/]ADDRESS CONNECTOR STATUS [EDID [NAME]]
/// process ID NAME GROUP NODE...          with its control group and its open files
/// guest NAME MIB [running]               of libvirt; 'libvirt SENTENCE' instead where it can't be reached
/// seat NAME GUEST [GPU]                  of the configuration; GPU is an address, or as it stands there
/// </code>
/// </summary>
internal sealed class MachineTree : IDisposable
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal), _links = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Dictionary<string, string>> _pci = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _edids = [];
    private readonly List<GuestSight> _guests = [];
    private readonly StringBuilder _seats = new();
    private string? _libvirtProblem;

    private MachineTree()
    {
    }

    /// <summary>In memory where there is such a place: a machine is some two hundred small files.</summary>
    internal string Root { get; } = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"phyllome-machine-{Guid.NewGuid():N}")).FullName;

    internal LibvirtSight Libvirt => _libvirtProblem is { } problem ? new(null, [], problem) : new("9.0.0", _guests.ToValueList(), null);

    /// <summary>The text of seats.toml.</summary>
    internal string Seats => _seats.ToString();

    internal ConfigurationSight Configuration
    {
        get
        {
            var (wanted, faults) = SeatsToml.Parse(Seats, "seats.toml");
            return new(wanted, faults.Select(fault => fault.ToString()).ToValueList());
        }
    }

    internal static string Folder => Path.Combine(Above("tests/data/machines"), "tests/data/machines");

    internal static IEnumerable<string> Names => Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    internal static MachineTree Load(string name) => Of($"from {name}");

    internal static MachineTree Of(string text)
    {
        var tree = new MachineTree();
        tree.Add(text);
        tree.Lay();
        return tree;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Above(string wanted)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, wanted)))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"{wanted} is nowhere above the tests' program.");
    }

    private void Add(string text)
    {
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["from", var name]:
                    Add(File.ReadAllText(Path.Combine(Folder, name, "tree")));
                    break;
                case ["-", var glob]:
                    Remove(glob);
                    break;
                case ["pci", var path, .. var values]:
                    Function(path, values);
                    break;
                case ["drm", var path, var connector, var status, .. var rest]:
                    Connector(path, connector, status, rest);
                    break;
                case ["process", var id, var name, var group, .. var nodes]:
                    Process(id, name, group, nodes);
                    break;
                case ["guest", var name, var mebibytes, .. var state]:
                    _guests.RemoveAll(guest => guest.Name == name);
                    _guests.Add(new(name, state is ["running"], long.Parse(mebibytes, System.Globalization.CultureInfo.InvariantCulture) * 1024));
                    break;
                case ["libvirt", ..]:
                    _libvirtProblem = line["libvirt ".Length..];
                    break;
                case ["seat", var name, var guest, .. var gpu]:
                    _seats.Append($"[[seat]]\nname = \"{name}\"\nguests = [\"{guest}\"]\n{(gpu.Length > 0 ? $"gpu = \"{(gpu[0].StartsWith("0000:", StringComparison.Ordinal) ? "pci:" : "")}{gpu[0]}\"\n" : "")}");
                    break;
                case [var path, "->", var target]:
                    _links[path] = target;
                    break;
                case [var path, "=", ..]:
                    _files[path] = line[(line.IndexOf(" =", StringComparison.Ordinal) + 2)..].TrimStart().Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
                    break;
                default:
                    throw new FormatException($"a machine's tree has the line '{line}'");
            }
        }
    }

    private void Remove(string glob)
    {
        var pattern = new Regex($"^{Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal)}(/|$)");
        foreach (var path in _files.Keys.Where(path => pattern.IsMatch(path)).ToList())
            _files.Remove(path);
        foreach (var path in _links.Keys.Where(path => pattern.IsMatch(path)).ToList())
            _links.Remove(path);
        foreach (var address in _pci.Keys.Where(address => pattern.IsMatch(address)).ToList())
            _pci.Remove(address);
        if (pattern.IsMatch("guest"))
            _guests.Clear();
        if (pattern.IsMatch("seat"))
            _seats.Clear();
    }

    private void Function(string path, string[] values)
    {
        var address = path.Split('/')[^1];
        if (!_pci.TryGetValue(address, out var function))
            _pci[address] = function = new() { ["path"] = path };
        foreach (var value in values)
        {
            var parts = value.Split('=', 2);
            function[parts[0]] = parts[1];
        }
    }

    private void Connector(string path, string connector, string status, string[] edid)
    {
        var card = connector[..connector.IndexOf('-', StringComparison.Ordinal)];
        var cardFolder = $"sys/devices/pci0000:00/{path}/drm/{card}";
        _files[$"{cardFolder}/{connector}/status"] = status + "\n";
        _files[$"{cardFolder}/{connector}/modes"] = (status, edid) switch
        {
            ("connected", []) => "1920x1080\n1280x720\n",
            ("connected", _) => "1920x1200\n1920x1080\n",
            _ => "",
        };
        _links[$"sys/class/drm/{connector}"] = $"/{cardFolder}/{connector}";
        _links[$"sys/class/drm/{card}"] = $"/{cardFolder}";
        _links[$"{cardFolder}/device"] = $"/sys/devices/pci0000:00/{path}";
        if (edid is [var key, .. var name])
        {
            var parts = key.Split('-');
            _edids[$"{cardFolder}/{connector}/edid"] = EdidBytes.Make(
                parts[0], Convert.ToUInt16(parts[1], 16), 0, parts.Length > 2 ? parts[2] : null, name.Length > 0 ? string.Join(' ', name) : null, 1920, 1200);
        }
    }

    private void Process(string id, string name, string group, string[] nodes)
    {
        _files[$"proc/{id}/comm"] = name + "\n";
        _files[$"proc/{id}/cgroup"] = $"0::/{group}\n";
        for (var i = 0; i < nodes.Length; i++)
            _links[$"proc/{id}/fd/{i}"] = nodes[i];
    }

    private void Lay()
    {
        foreach (var (path, text) in _files)
            Write(path, text);
        foreach (var (address, function) in _pci)
            Lay(address, function);
        foreach (var (path, bytes) in _edids.Where(edid => _files.ContainsKey(edid.Key.Replace("/edid", "/status", StringComparison.Ordinal))))
            File.WriteAllBytes(At(path), bytes);
        foreach (var (path, target) in _links)
            Link(path, target);
    }

    private void Lay(string address, Dictionary<string, string> function)
    {
        var folder = $"sys/devices/pci0000:00/{function["path"]}";
        foreach (var (key, value) in function.Where(pair => pair.Value.Length > 0))
        {
            switch (key)
            {
                case "path":
                    break;
                case "id":
                    Write($"{folder}/vendor", $"0x{value[..4]}\n");
                    Write($"{folder}/device", $"0x{value[5..]}\n");
                    break;
                case "class":
                    Write($"{folder}/class", $"0x{value}\n");
                    break;
                case "driver":
                    Link($"{folder}/driver", $"/sys/bus/pci/drivers/{value}");
                    Directory.CreateDirectory(At($"sys/bus/pci/drivers/{value}"));
                    break;
                case "group":
                    Directory.CreateDirectory(At($"sys/kernel/iommu_groups/{value}/devices"));
                    Link($"{folder}/iommu_group", $"/sys/kernel/iommu_groups/{value}");
                    Link($"sys/kernel/iommu_groups/{value}/devices/{address}", $"/{folder}");
                    break;
                case "bars":
                    Write($"{folder}/resource", string.Concat(value.Split(',').Select(bar => bar == "-" ? "0x0 0x0 0x0\n" : $"0x{bar.Replace("-", " 0x", StringComparison.Ordinal)} 0x40200\n")));
                    break;
                case "resize":
                    Write($"{folder}/resource{value.Split(':')[0]}_resize", value.Split(':')[1] + "\n");
                    break;
                case "sriov":
                    Write($"{folder}/sriov_totalvfs", value.Split('/')[0] + "\n");
                    Write($"{folder}/sriov_numvfs", value.Split('/')[1] + "\n");
                    break;
                case "physfn":
                    Link($"{folder}/physfn", $"/sys/devices/pci0000:00/{_pci[value]["path"]}");
                    break;
                case "mdev":
                    foreach (var type in value.Split(','))
                        Write($"{folder}/mdev_supported_types/{type.Split(':')[0]}/available_instances", type.Contains(':', StringComparison.Ordinal) ? $"{type.Split(':')[1]}\n" : "1\n");
                    break;
                case "config":
                    File.WriteAllBytes(At($"{folder}/config"), Convert.FromHexString(value));
                    break;
                default:
                    Write($"{folder}/{key}", value.Replace(',', ' ') + "\n");
                    break;
            }
        }
        Directory.CreateDirectory(At(folder));
        Link($"sys/bus/pci/devices/{address}", $"/{folder}");
    }

    private string At(string path)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }

    private void Write(string path, string text) => File.WriteAllText(At(path), text);

    /// <summary>Within the machine a link is relative, as the kernel's are; one to a node of /dev is what /proc shows.</summary>
    private void Link(string path, string target)
    {
        var at = At(path);
        if (!target.StartsWith("/dev/", StringComparison.Ordinal))
        {
            var to = target[0] == '/' ? Path.Combine(Root, target[1..]) : Path.Combine(Path.GetDirectoryName(at)!, target);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            target = Path.GetRelativePath(Path.GetDirectoryName(at)!, to);
        }
        File.CreateSymbolicLink(at, target);
    }
}
