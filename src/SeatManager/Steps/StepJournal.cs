using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Phyllome.Seats.SeatManager.Steps;

/// <summary>
/// The journal file: one line for each step begun, done or failed. It is for people who ask what happened; nothing is read back from it,
/// since what is in force is asked of the machine. At one megabyte it is set aside as <c>journal.1</c>.
/// </summary>
internal sealed partial class StepJournal(string directory, TimeProvider time, ILogger log, long largest = 1024 * 1024)
{
    private readonly Lock _gate = new();
    private bool _failed;

    public string File { get; } = Path.Combine(directory, "journal");

    /// <summary>A journal that can't be written is reported once and stops nothing: a full disk must not cost anybody a keyboard.</summary>
    public void Write(string seat, long generation, string what, string sentence)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {seat} {generation} {what}: {sentence.ReplaceLineEndings(" ")}\n");
        lock (_gate)
        {
            try
            {
                if (new FileInfo(File) is { Exists: true } file && file.Length + line.Length > largest)
                    System.IO.File.Move(File, File + ".1", overwrite: true);
                System.IO.File.AppendAllText(File, line, new UTF8Encoding(false));
                _failed = false;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (!_failed)
                    LogUnwritten(log, File, failure.Message);
                _failed = true;
            }
        }
    }

    [LoggerMessage(EventId = 300, Level = LogLevel.Warning, Message = "Could not write the journal of steps {File}: {Why}; going on without it.")]
    private static partial void LogUnwritten(ILogger log, string file, string why);
}
