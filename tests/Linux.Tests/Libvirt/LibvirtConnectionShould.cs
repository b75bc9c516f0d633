using System.Threading.Channels;
using Phyllome.Seats.Linux.Libvirt;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Libvirt;

/// <summary>Against libvirt's own test driver, which lives in this process.</summary>
[Collection("test:///default")]
public sealed class LibvirtConnectionShould
{
    private const string Uri = "test:///default";

    private const string Definition = """
        <domain type='test'><name>probe</name><uuid>7f1f5b7a-7d1c-4b52-8c22-4b6d5f2b1a01</uuid><memory>8192</memory>
        <os><type arch='i686'>hvm</type></os></domain>
        """;

    [Fact]
    public void List_the_domains_with_their_names_and_states()
    {
        using var connection = LibvirtConnection.Open(Uri);
        Assert.True(connection.IsAlive);
        Assert.True(connection.Version >= new Version(6, 0));
        using var domain = Assert.Single(connection.ListDomains());
        Assert.Equal(("test", DomainState.Running, true, true), (domain.Name, domain.State, domain.IsActive, domain.IsPersistent));
        using var found = connection.Find(domain.Uuid);
        Assert.Equal("test", found!.Name);
        Assert.Null(connection.Find(Guid.NewGuid()));
    }

    [Fact]
    public void Read_a_UUID_in_the_order_in_which_it_is_written()
    {
        using var connection = LibvirtConnection.Open(Uri);
        using var domain = connection.Define(Definition);
        Assert.Equal(Guid.Parse("7f1f5b7a-7d1c-4b52-8c22-4b6d5f2b1a01"), domain.Uuid);
        domain.Undefine();
    }

    [Fact]
    public void Fail_with_libvirts_code_and_a_sentence()
    {
        using var connection = LibvirtConnection.Open(Uri);
        var broken = Assert.Throws<LibvirtException>(() => connection.Define("<domain>"));
        Assert.Equal(LibvirtErrorCode.XmlDetail, broken.Code);
        Assert.StartsWith("Could not define a guest: ", broken.Message, StringComparison.Ordinal);
        Assert.Equal(LibvirtErrorCode.XmlInvalidSchema, Assert.Throws<LibvirtException>(() => connection.Define("<domain type='test'/>", validate: true)).Code);
        var nowhere = Assert.Throws<LibvirtException>(() => LibvirtConnection.Open("nothing:///at/all"));
        Assert.Contains("connect to nothing:///at/all", nowhere.Message, StringComparison.Ordinal);
        connection.SetKeepAlive(5, 5);
    }

    [Fact]
    public async Task Tell_what_happens_to_domains_and_nothing_after_it_was_disposed()
    {
        var told = Channel.CreateUnbounded<LibvirtEvent>();
        using var owner = LibvirtConnection.Open(Uri);
        var connection = LibvirtConnection.Open(Uri);
        connection.Subscribe(happened => told.Writer.TryWrite(happened));
        Assert.Throws<InvalidOperationException>(() => connection.Subscribe(_ => { }));

        using var domain = owner.Define(Definition);
        domain.Start();
        domain.SetMetadata("<seat name='left'/>", "phyllome", "https://phyllome.org/xmlns/seat/1", DomainImpact.Live);
        Assert.Contains("<phyllome:seat xmlns:phyllome=\"https://phyllome.org/xmlns/seat/1\" name=\"left\"/>", domain.GetXml(DomainXml.None), StringComparison.Ordinal);
        domain.Destroy();

        Assert.Equal(DomainEventKind.Defined, (await NextAsync<DomainLifecycle>(told, domain.Uuid)).Kind);
        Assert.Equal(DomainEventKind.Started, (await NextAsync<DomainLifecycle>(told, domain.Uuid)).Kind);
        Assert.Equal(domain.Uuid, (await told.Reader.ReadAsync(TestContext.Current.CancellationToken) as MetadataChanged)!.Domain);
        Assert.Equal(DomainEventKind.Stopped, (await NextAsync<DomainLifecycle>(told, domain.Uuid)).Kind);

        connection.Dispose();
        // A second subscriber's event says that the first one's would have come by now.
        using var later = LibvirtConnection.Open(Uri);
        var laterTold = Channel.CreateUnbounded<LibvirtEvent>();
        later.Subscribe(happened => laterTold.Writer.TryWrite(happened));
        domain.Undefine();
        Assert.Equal(DomainEventKind.Undefined, (await NextAsync<DomainLifecycle>(laterTold, domain.Uuid)).Kind);
        Assert.False(told.Reader.TryRead(out _));
    }

    private static async Task<T> NextAsync<T>(Channel<LibvirtEvent> told, Guid domain) where T : LibvirtEvent
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        var happened = await told.Reader.ReadAsync(deadline.Token);
        Assert.Equal(domain, ((DomainLifecycle)happened).Domain);
        return Assert.IsType<T>(happened);
    }
}
