using Phyllome.Seats.Linux.Wayland;

namespace Phyllome.Seats.Desktop;

/// <summary>The monitors that a desktop shows (<c>wl_output</c>), by the names that it gives them.</summary>
internal sealed class DesktopOutputs
{
    /// <summary>The first version in which an output has a name.</summary>
    public const uint Version = 4;

    public const string Interface = "wl_output";

    private const ushort Name = 4, Release = 0;

    /// <summary>By their numbers in the registry.</summary>
    private readonly Dictionary<uint, Output> _outputs = [];

    private sealed record Output(uint Id)
    {
        public string? Name { get; set; }
    }

    /// <summary>In order; one that has not said its name yet is not among them.</summary>
    public IEnumerable<string> Names => _outputs.Values.Select(output => output.Name).OfType<string>().Order(StringComparer.Ordinal);

    public void Came(WaylandClient client, WaylandGlobal global)
    {
        if (global.Version < Version)
        {
            Log.Warning($"the desktop does not say at which connector a monitor is: its {Interface} has version {global.Version}, and names come with {Version}");
            return;
        }

        Output? output = null;
        output = new(client.Bind(global, Version, message =>
        {
            if (message.Opcode == Name)
                output!.Name = message.ReadString();
        }));
        _outputs[global.Name] = output;
    }

    /// <returns>Whether it was an output.</returns>
    public bool Gone(WaylandClient client, uint name)
    {
        if (!_outputs.Remove(name, out var output))
            return false;
        client.Send(new(output.Id, Release));
        return true;
    }
}
