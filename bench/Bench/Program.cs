using System.Globalization;
using Phyllome.Seats.Bench;

const string Usage = """
    Use: phyllome-bench measure FORWARDER [ROUNDS]   all contenders in interleaved rounds (5); a table
         phyllome-bench router SINK SOURCE...        the input router between FIFOs
         phyllome-bench minute FORWARDER             four mice at 8 kHz for a minute
         phyllome-bench focus                        10 000 focus changes under held keys
         phyllome-bench kernel ROUNDS FORWARDER [EVSIEVE [PERSISTENT-EVDEV]]
                                                     over evdev and uinput, as root; '-' for one that is not there
         phyllome-bench router-kernel NODE...        the input router from event nodes to a virtual pointer
         phyllome-bench collect                      a process that makes garbage and runs a full collection every 100 ms
    """;

switch (args)
{
    case ["measure", var forwarder]:
        return Measurement.Run(forwarder, rounds: 5);
    case ["measure", var forwarder, var rounds] when int.TryParse(rounds, CultureInfo.InvariantCulture, out var count) && count > 0:
        return Measurement.Run(forwarder, count);
    case ["minute", var forwarder]:
        return Measurement.RunMinute(forwarder);
    case ["focus"]:
        return FocusChanges.Run();
    case ["router", var sink, .. var sources] when sources.Length > 0:
        RouterBetweenFifos.Run(sink, sources);
        return 0;
    case ["kernel", var times, var forwarder, .. var peers] when int.TryParse(times, CultureInfo.InvariantCulture, out var many) && many > 0 && peers.Length <= 2:
        return KernelMeasurement.Run(many, forwarder, peers.ElementAtOrDefault(0) is { } first and not "-" ? first : null, peers.ElementAtOrDefault(1) is { } second and not "-" ? second : null);
    case ["router-kernel", .. var nodes] when nodes.Length > 0:
        RouterBetweenNodes.Run(nodes);
        return 0;
    case ["collect"]:
        Neighbour.Run();
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
