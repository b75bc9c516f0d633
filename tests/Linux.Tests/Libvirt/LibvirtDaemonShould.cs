using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libvirt;

public sealed class LibvirtDaemonShould : IDisposable
{
    private const string Virtqemud = "run/libvirt/virtqemud-sock", Libvirtd = "run/libvirt/libvirt-sock", Storage = "run/libvirt/virtstoraged-sock", Network = "run/libvirt/virtnetworkd-sock";

    private readonly string _root = Directory.CreateTempSubdirectory("phyllome-daemon-").FullName;

    [Theory]
    [InlineData("libvirtd")]
    [InlineData("libvirtd", Libvirtd)]
    [InlineData("libvirtd", Libvirtd, "usr/sbin/virtqemud")]
    [InlineData("libvirtd", "usr/sbin/libvirtd", "usr/sbin/virtqemud")]
    [InlineData("virtqemud", Virtqemud, Storage, Network)]
    // virtproxyd's, beside the modular ones, and that of a libvirtd that was there before.
    [InlineData("virtqemud", Virtqemud, Libvirtd, Storage, Network, "usr/sbin/libvirtd")]
    public void Be_the_one_that_the_library_connects_to(string name, params string[] files)
    {
        var daemon = Find(files);
        Assert.Equal((name, name == "virtqemud", 0), (daemon.Name, daemon.IsModular, daemon.Absent.Count));
    }

    [Fact]
    public void Be_the_one_that_is_installed_where_none_listens()
    {
        var daemon = Find("usr/sbin/virtqemud");
        Assert.Equal(("virtqemud", "systemctl start virtqemud.socket virtnetworkd.socket virtstoraged.socket"), (daemon.Name, daemon.Start));
        Assert.Equal(["virtnetworkd", "virtstoraged"], daemon.Absent);
        Assert.Equal("journalctl -u virtqemud -u virtnetworkd -u virtstoraged", daemon.Journal);
    }

    [Fact]
    public void Name_the_helpers_that_nobody_listens_for() => Assert.Equal(["virtstoraged"], Find(Virtqemud, Network).Absent);

    [Fact]
    public void Do_all_itself_where_it_is_libvirtd()
    {
        var daemon = Find(Libvirtd);
        Assert.Equal(("systemctl start libvirtd", "journalctl -u libvirtd"), (daemon.Start, daemon.Journal));
        Assert.Empty(daemon.Absent);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private LibvirtDaemon Find(params string[] files)
    {
        foreach (var file in files.Select(file => Path.Combine(_root, file)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "");
        }

        return LibvirtDaemon.Find(_root);
    }
}
