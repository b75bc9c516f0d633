using System.Text.Json;
using Phyllome.Seats.Configuration;

namespace Phyllome.Seats.SeatCtl;

/// <summary><c>seatctl config check</c>: needs no service.</summary>
internal static class ConfigCheck
{
    internal const string DefaultFile = "/etc/phyllome/seats.toml";

    internal static async Task<ExitCode> RunAsync(string file, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var text = await ConfigurationText.ReadAsync(file, cancellation)
            ?? throw new CommandFailure(ExitCode.NotThere, $"There is no file {file}; without one, no seats are configured.");
        var (configuration, diagnostics) = SeatsToml.Parse(text, file);
        if (json)
        {
            var check = new Check(
                file, configuration != null,
                diagnostics.Select(diagnostic => new Fault(
                    diagnostic.Place?.Line, diagnostic.Place?.Column, diagnostic.Severity.ToString().ToLowerInvariant(), diagnostic.Sentence)).ToList());
            terminal.Out.WriteLine(JsonSerializer.Serialize(check, DocumentsJson.Default.Check));
        }
        else
        {
            foreach (var diagnostic in diagnostics)
                terminal.Error.WriteLine(diagnostic);
            if (configuration != null)
                terminal.Out.WriteLine($"{file} is good: {configuration.Seats.Count} {(configuration.Seats.Count == 1 ? "seat" : "seats")}.");
        }
        return configuration != null ? ExitCode.Done : ExitCode.Failed;
    }
}
