using Phyllome.Seats.FirstRun;
using Phyllome.Seats.VirtualPc;

// ./run: a two-seat PC, two people, and what arrives where.
using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    cancellation.Cancel();
};
if (args is not [var folder, .. var options])
{
    Console.Error.WriteLine("first-run: started by ./run, with the folder for its results");
    return 2;
}
await using var screen = new Screen();
try
{
    var demonstration = new Demonstration(screen, folder, oneGpu: options.Contains("--one-gpu"), keep: options.Contains("--keep"));
    return await demonstration.RunAsync(cancellation.Token) ? 0 : 1;
}
catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
{
    Console.Error.WriteLine("run: ended at your request; nothing is left running");
    return 130;
}
catch (PcException failure)
{
    Console.Error.WriteLine($"run: {failure.Message}");
    return 1;
}
