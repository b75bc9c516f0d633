using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>A tree of files with the shape of sysfs, /dev and udev's database, and a router's socket.</summary>
internal sealed class FakeMachine : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("helper");

    public FakeMachine()
    {
        Machine = new(_root.FullName, At("sys"), At("dev"), At("udev"), At("router"), At("rules.d/72-test.rules"));
        foreach (var directory in new[] { "sys/dev/char", "sys/class/input", "dev/input", "udev", "rules.d" })
            Directory.CreateDirectory(At(directory));
    }

    public Machine Machine { get; }

    public FakeUdev Udev { get; } = new();

    public string At(string path) => Path.Combine(_root.FullName, path);

    /// <summary>As the kernel has it for a node of a virtual device.</summary>
    public void AddNode(int input, int @event, int minor)
    {
        var device = At($"sys/devices/virtual/input/input{input}/event{@event}");
        Directory.CreateDirectory(device);
        File.WriteAllText(Path.Combine(device, "dev"), $"13:{minor}\n");
        Directory.CreateSymbolicLink(At($"sys/dev/char/13:{minor}"), $"../../devices/virtual/input/input{input}/event{@event}");
        Directory.CreateSymbolicLink(At($"sys/class/input/event{@event}"), $"../../devices/virtual/input/input{input}/event{@event}");
    }

    public SeqPacketSocket Listen() => SeqPacketSocket.Listen(Machine.RouterSocket);

    public void Dispose() => _root.Delete(recursive: true);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    public string Read(string path) => File.ReadAllText(At(path)).Trim();

    public void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        Directory.CreateSymbolicLink(At(path), target);
    }
}
