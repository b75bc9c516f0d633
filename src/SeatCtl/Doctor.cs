using System.Text.Json;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.DisplayAssign.Observed;
using Phyllome.Seats.DisplayAssign.Preflight;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Where <c>seatctl doctor</c> looks; tests look elsewhere.</summary>
/// <param name="Root">A directory that mirrors a machine's paths.</param>
internal sealed record DoctorSight(string Root, Func<CancellationToken, Task<LibvirtSight>> Libvirt)
{
    internal static DoctorSight OfThisMachine { get; } = new("/", LibvirtReader.ReadAsync);
}

/// <summary><c>seatctl doctor</c>: needs no service, and changes nothing.</summary>
internal sealed class Doctor(Terminal terminal, DoctorSight sight)
{
    internal async Task<ExitCode> RunAsync(string configuration, string? report, bool json, CancellationToken cancellation)
    {
        var libvirt = sight.Libvirt(cancellation);
        var machine = MachineReader.Read(sight.Root);
        var diagnosis = Diagnosis.Of(machine, await libvirt, Read(configuration));
        if (report is not null)
            DoctorReport.Write(report, machine, diagnosis);
        if (json)
            terminal.Out.WriteLine(JsonSerializer.Serialize(diagnosis, DocumentsJson.Diagnosis.Diagnosis));
        else
            terminal.Out.Write(terminal.Render(console => DoctorView.Draw(console, diagnosis)));
        return diagnosis.Ready ? ExitCode.Done : ExitCode.Failed;
    }

    private static ConfigurationSight Read(string file)
    {
        try
        {
            var (wanted, faults) = SeatsToml.Parse(File.ReadAllText(file), file);
            return new(wanted, faults.Select(fault => fault.ToString()).ToValueList());
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(SeatsConfiguration.Default, []);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(null, [$"{file}: {fault.Message}"]);
        }
    }
}
