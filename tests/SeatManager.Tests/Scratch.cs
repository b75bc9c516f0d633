using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.SeatManager.Tests;

/// <summary>A directory of its own for one test, short enough for the path of a unix socket.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("seats-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
