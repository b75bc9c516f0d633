namespace Phyllome.Seats.Scenarios;

/// <summary>The D-Bus API as a program of somebody else finds it: by busctl, and by a library for Python that knows nothing of it.</summary>
public sealed class OtherPrograms(RunningPc running) : Scenario(running)
{
    /// <summary>Holds what the object manager gives against what introspection promises, steers a seat, and waits to be told: through classes that
    /// jeepney, a D-Bus library for Python, makes of the introspection.</summary>
    const string Client = """
        import io, json, xml.etree.ElementTree as xml
        from jeepney import MatchRule, bindgen, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
        from jeepney.wrappers import Introspectable
        name, root = "org.phyllome.Seats1", "/org/phyllome/Seats1"
        bus = open_dbus_connection("SYSTEM")
        def at(path, kind):
            code, made = io.StringIO(), {}
            bindgen.generate(path, name, code, "SYSTEM")
            exec(code.getvalue(), made)
            return Proxy(made[kind](), bus)
        def promised(path):
            tree = xml.fromstring(Proxy(Introspectable(path, name), bus).Introspect()[0])
            return {i.get("name"): {p.get("name"): p.get("type") for p in i.findall("property")} for i in tree.findall("interface")}
        objects = at(root, "ObjectManager").GetManagedObjects()[0]
        for path, interfaces in objects.items():
            said = promised(path)
            for interface, properties in interfaces.items():
                if interface.startswith(name):
                    assert said[interface] == {key: signature for key, (signature, _) in properties.items()}, (path, interface, said[interface], properties)
        seats = {p["Name"][1]: path for path, i in objects.items() if (p := i.get(name + ".Seat"))}
        assert sorted(seats) == ["left", "right"], seats
        for kind, least in (("Seat", 2), ("Device", 4), ("Display", 1), ("Gpu", 3), ("Guest", 2)):
            assert sum(f"{name}.{kind}" in i for i in objects.values()) >= least, kind
        changes = MatchRule(type="signal", path=seats["left"], member="PropertiesChanged")
        Proxy(message_bus, bus).AddMatch(changes)
        left = at(seats["left"], "Seat")
        with bus.filter(changes) as told:
            left.Focus("next")
            interface, properties, _ = bus.recv_until_filtered(told, timeout=60).body
        assert interface == name + ".Seat" and properties["Focus"] == ("s", "beta"), (interface, properties)
        left.Focus("home")
        status = json.loads(at(root, "Manager").GetStatus()[0])
        assert {s["name"] for s in status["seats"]} == set(seats)
        print("every promise was kept by", len(objects), "objects")
        """;

    [Fact]
    public async Task A_program_that_makes_its_classes_of_the_introspection_sees_all_objects_steers_a_seat_and_is_told_of_changes()
    {
        await BothSitDownAsync();
        Assert.Contains("/org/phyllome/Seats1/seat/left", await Pc.MustRunAsync("busctl tree --list org.phyllome.Seats1", Cancellation), StringComparison.Ordinal);
        var client = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Client));
        Assert.Contains("every promise was kept by", await Pc.MustRunAsync($"echo {client} | base64 -d > /tmp/client.py && timeout 120 python3 -B /tmp/client.py; result=$?; rm /tmp/client.py; exit $result", Cancellation), StringComparison.Ordinal);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
    }
}
