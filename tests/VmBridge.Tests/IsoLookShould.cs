using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class IsoLookShould : IDisposable
{
    private const uint Somebody = 64055;

    private readonly string _folder = Directory.CreateTempSubdirectory("phyllome-iso-").FullName;

    private string Iso => Path.Combine(_folder, "private", "setup.iso");

    public IsoLookShould()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Iso)!);
        File.WriteAllText(Iso, "a medium");
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        Allow(0b111_101_101);
    }

    [Fact]
    public void Name_the_folder_that_QEMU_may_not_enter()
    {
        Assert.Null(Look(Iso).Closed);
        // Whoever may list a folder alone may not enter it.
        Allow(0b111_101_100);
        Assert.Equal((Path.GetDirectoryName(Iso), Somebody), (Look(Iso).Closed, Look(Iso).Reader));
    }

    [Fact]
    public void Look_where_a_link_leads_to()
    {
        var link = Path.Combine(_folder, "link.iso");
        File.CreateSymbolicLink(link, Iso);
        Allow(0b111_000_000);
        Assert.Equal(Path.GetDirectoryName(Iso), Look(link).Closed);
    }

    [Fact]
    public void Tell_a_folder_and_nothing_from_a_medium()
    {
        Assert.Equal(new(IsThere: true, IsFolder: true), Look(_folder));
        Assert.Equal(new(IsThere: false), Look(Iso + ".part"));
    }

    [Fact]
    public void Believe_libvirt_of_what_it_has_in_a_pool() => Assert.Equal(new(IsThere: true), IsoLook.Read("/nowhere/setup.iso", isKnown: true, (Somebody, Somebody)));

    [Fact]
    public void Read_it_itself_where_QEMU_runs_as_the_caller() => Assert.Equal(new(IsThere: true), IsoLook.Read(Iso, isKnown: false, null));

    public void Dispose()
    {
        Allow(0b111_000_000);
        Directory.Delete(_folder, recursive: true);
    }

    private static IsoSight Look(string path) => IsoLook.Read(path, isKnown: false, (Somebody, Somebody));

    private void Allow(int mode) => File.SetUnixFileMode(Path.GetDirectoryName(Iso)!, (UnixFileMode)mode);
}
