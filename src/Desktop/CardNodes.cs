using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.Desktop;

/// <summary>What the kernel calls a graphics card that is open.</summary>
internal static class CardNodes
{
    private const uint DrmMajor = 226;

    /// <summary><c>card0</c>; null where it is none.</summary>
    public static string? NameOf(FileDescriptor card) => card.CharacterDevice() is (DrmMajor, var minor)
        && new DirectoryInfo($"/sys/dev/char/{DrmMajor}:{minor}").ResolveLinkTarget(returnFinalTarget: true)?.Name is { } name
        && name.StartsWith("card", StringComparison.Ordinal) ? name : null;
}
