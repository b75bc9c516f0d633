using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Linux.Tests.Systemd;
using Phyllome.Seats.SeatManager.Bus;
using Phyllome.Seats.Status;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Bus;

/// <summary>docs/d-bus.md, held against what introspection says.</summary>
public sealed class ApiDocumentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_document_should_have_each_member_of_each_interface_with_what_it_takes_and_gives_and_no_other()
    {
        using var bus = new PrivateBus();
        var status = FakeSeatService.Of(FakeSeatService.Seat("left"));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ISeatService>(new FakeSeatService { Status = status with { Guests = [new("work", GuestState.Running)] } }).AddSeatsBus(bus.Address);
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        await using var client = BusConnection.OpenAddress(bus.Address);

        var seat = status.Seats[0];
        var promised = new List<string>();
        foreach (var (path, name) in new[]
        {
            (SeatsBus.Path, SeatsBus.Manager), (SeatsBus.SeatPath(seat.Name), SeatsBus.Seat), (SeatsBus.DevicePath(seat.Devices[0]), SeatsBus.Device),
            (SeatsBus.DisplayPath(seat.Displays[0].Connector), SeatsBus.Display), (SeatsBus.GpuPath(seat.Gpu!.Address), SeatsBus.Gpu), (SeatsBus.GuestPath("work"), SeatsBus.Guest),
        })
        {
            var xml = await client.CallAsync(new(SeatsBus.Name, path, "org.freedesktop.DBus.Introspectable", "Introspect"), body => body.ReadString(), Cancellation);
            // sd-bus writes a document type that no XML reader of ours may load.
            var node = XElement.Parse(xml[xml.IndexOf("<node", StringComparison.Ordinal)..]);
            promised.AddRange(node.Elements("interface").Single(one => (string?)one.Attribute("name") == name).Elements().Where(one => one.Name.LocalName is "method" or "property" or "signal").Select(member => $"{name}.{Member(member)}"));
        }

        Assert.Equal(promised.Order(StringComparer.Ordinal), Documented().Order(StringComparer.Ordinal));
        await host.StopAsync(Cancellation);
    }

    private static string Member(XElement member)
    {
        string Arguments(string direction) => string.Concat(member.Elements("arg").Where(one => (string?)one.Attribute("direction") == direction).Select(one => (string?)one.Attribute("type")));
        var what = member.Name.LocalName switch
        {
            "method" => string.Join(", ", new[] { ("takes", Arguments("in")), ("gives", Arguments("out")) }.Where(one => one.Item2.Length > 0).Select(one => $"{one.Item1} `{one.Item2}`")),
            "signal" => $"signal `{string.Concat(member.Elements("arg").Select(one => (string?)one.Attribute("type")))}`",
            _ => $"`{(string?)member.Attribute("type")}`",
        };
        return $"{(string?)member.Attribute("name")}: {what}";
    }

    private static IEnumerable<string> Documented()
    {
        var name = "";
        foreach (var line in File.ReadLines(Find()))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                name = line[3..line.IndexOf(',', StringComparison.Ordinal)];
            else if (line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|', StringSplitOptions.TrimEntries) is [_, var member, var what, ..])
                yield return $"{name}.{member.Trim('`')}: {what}";
        }
    }

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Path.Combine(directory, "docs", "d-bus.md") is var document && File.Exists(document))
                return document;
        }
        throw new FileNotFoundException("docs/d-bus.md is not above the test program");
    }
}
