namespace Phyllome.Seats.Scenarios;

/// <summary>The D-Bus API as a program of somebody else finds it: by busctl, from Python.</summary>
public sealed class OtherPrograms(RunningPc running) : Scenario(running)
{
    /// <summary>Holds what the object manager gives against what introspection promises, steers a seat, and waits to be told.</summary>
    const string Client = """"
        import json, subprocess, xml.etree.ElementTree as xml
        name, root = "org.phyllome.Seats1", "/org/phyllome/Seats1"
        def call(path, interface, method, *arguments):
            out = subprocess.run(["busctl", "--json=short", "call", name, path, interface, method, *arguments], check=True, capture_output=True, text=True).stdout
            return json.loads(out)["data"] if out.strip() else None
        def promised(path):
            tree = xml.fromstring(call(path, "org.freedesktop.DBus.Introspectable", "Introspect")[0])
            return {i.get("name"): {p.get("name"): p.get("type") for p in i.findall("property")} for i in tree.findall("interface")}
        objects = call(root, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")[0]
        for path, interfaces in objects.items():
            said = promised(path)
            for interface, properties in interfaces.items():
                if interface.startswith(name):
                    assert said[interface] == {key: value["type"] for key, value in properties.items()}, (path, interface, said[interface], properties)
        seats = {p["Name"]["data"]: path for path, i in objects.items() if (p := i.get(name + ".Seat"))}
        assert sorted(seats) == ["left", "right"], seats
        for kind, least in (("Seat", 2), ("Device", 4), ("Display", 1), ("Gpu", 3), ("Guest", 2)):
            assert sum(f"{name}.{kind}" in i for i in objects.values()) >= least, kind
        watch = subprocess.Popen(["busctl", "--json=short", "--match", f"type='signal',path='{seats['left']}',member='PropertiesChanged'", "monitor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        watch.stderr.readline()
        call(seats["left"], name + ".Seat", "Focus", "s", "next")
        told = json.loads(watch.stdout.readline())["payload"]["data"]
        watch.terminate()
        assert told[0] == name + ".Seat" and told[1]["Focus"]["data"] == "beta", told
        call(seats["left"], name + ".Seat", "Focus", "s", "home")
        status = json.loads(call(root, name + ".Manager", "GetStatus")[0])
        assert {s["name"] for s in status["seats"]} == set(seats)
        print("every promise was kept by", len(objects), "objects")
        """";

    [Fact]
    public async Task A_small_program_in_another_language_sees_all_objects_steers_a_seat_and_is_told_of_changes()
    {
        await BothSitDownAsync();
        Assert.Contains("/org/phyllome/Seats1/seat/left", await Pc.MustRunAsync("busctl tree --list org.phyllome.Seats1", Cancellation), StringComparison.Ordinal);
        var client = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Client));
        Assert.StartsWith("every promise was kept by", await Pc.MustRunAsync($"echo {client} | base64 -d > /tmp/client.py && timeout 120 python3 /tmp/client.py; result=$?; rm /tmp/client.py; exit $result", Cancellation), StringComparison.Ordinal);
        await Seats.WaitForFocusAsync(Seats.Left, Seats.Alpha, Cancellation);
    }
}
