using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.DeviceHelper.Tests;

/// <summary>Notes what is asked of it.</summary>
internal sealed class FakeUdev : IUdev
{
    public List<string> Asked { get; } = [];

    public void Reload() => Asked.Add("reload");

    public void AddAgain(string mark) => Asked.Add($"add {mark}");
}
