using System.Globalization;
using Phyllome.Seats.Bench;

const string Usage = """
    Use: phyllome-bench measure FORWARDER [ROUNDS]   all contenders in interleaved rounds (5); a table
         phyllome-bench router SINK SOURCE...        the input router between FIFOs
         phyllome-bench collect                      a process that makes garbage and runs a full collection every 100 ms
    """;

switch (args)
{
    case ["measure", var forwarder]:
        return Measurement.Run(forwarder, rounds: 5);
    case ["measure", var forwarder, var rounds] when int.TryParse(rounds, CultureInfo.InvariantCulture, out var count) && count > 0:
        return Measurement.Run(forwarder, count);
    case ["router", var sink, .. var sources] when sources.Length > 0:
        RouterBetweenFifos.Run(sink, sources);
        return 0;
    case ["collect"]:
        Neighbour.Run();
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
