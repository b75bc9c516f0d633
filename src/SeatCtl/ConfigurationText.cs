namespace Phyllome.Seats.SeatCtl;

/// <summary>The configuration file for the commands that read it themselves.</summary>
internal static class ConfigurationText
{
    /// <summary>Null where there is no file. Fails with a <see cref="CommandFailure"/> where it can't be read.</summary>
    internal static async Task<string?> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellation);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"Can't read {file}: {fault.Message}");
        }
    }
}
