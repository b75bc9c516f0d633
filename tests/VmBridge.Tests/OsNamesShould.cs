using System.Xml.Linq;
using Phyllome.Seats.Guests;
using Xunit;

namespace Phyllome.Seats.VmBridge.Tests;

public sealed class OsNamesShould
{
    private const string Database = "/usr/share/osinfo/os";

    [Theory]
    [InlineData("win11", GuestProfile.Windows11)]
    [InlineData("win10", GuestProfile.Windows10)]
    [InlineData("win2k25", GuestProfile.Windows10)]
    [InlineData("winxp", GuestProfile.Generic)]
    [InlineData("debian12", GuestProfile.Linux)]
    [InlineData("debiantesting", GuestProfile.Linux)]
    [InlineData("solaris11", GuestProfile.Generic)]
    [InlineData("fedora-unknown", GuestProfile.Linux)]
    [InlineData("altlinux10.0", GuestProfile.Linux)]
    [InlineData("macosx10.7", GuestProfile.MacOS)]
    [InlineData("freebsd14.0", GuestProfile.Generic)]
    [InlineData("generic", GuestProfile.Generic)]
    public void Tell_a_profile(string os, GuestProfile profile) => Assert.Equal(profile, OsNames.ProfileOf(os));

    /// <summary>Else a guest would be made by one profile and run by another.</summary>
    [Fact]
    public void Tell_the_profile_that_libosinfos_note_in_the_definition_tells()
    {
        Assert.SkipUnless(Directory.Exists(Database), "osinfo-db is not installed here");
        var others = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Database, "*.xml", SearchOption.AllDirectories))
        {
            foreach (var os in XElement.Load(file).Elements("os"))
            {
                var (id, found) = (os.Attribute("id")!.Value, ProfileFinder.OfLibosinfo(os.Attribute("id")!.Value));
                others.AddRange(os.Elements("short-id").Where(name => OsNames.ProfileOf(name.Value) != found).Select(name => $"{name.Value} ({id}): {found}"));
            }
        }
        Assert.Equal("", string.Join(" ", others));
    }

    [Fact]
    public void Be_read_from_the_list_of_virt_install() =>
        Assert.Equal(["almalinux9", "debian11", "debianbullseye", "win11"],
            OsNames.Parse("""
            You can see additional information with: osinfo-query os
            almalinux9
            debian11, debianbullseye
            win11

            """));

    [Theory]
    [InlineData("windows11", "win11")]
    [InlineData("debain12", "debian12")]
    [InlineData("ubuntu24", "ubuntu22.04")]
    public void Find_the_nearest(string os, string nearest) =>
        Assert.Equal(nearest, OsNames.Nearest(os, ["almalinux9", "debian11", "debian12", "ubuntu22.04", "ubuntu24.04", "win10", "win11"]));
}
