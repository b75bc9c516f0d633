using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Phyllome.Seats.SeatManager;

/// <summary>
/// One line for each message. Under systemd it begins with the priority that the journal understands (sd-daemon(3)) and has no time, since
/// the journal has its own.
/// </summary>
internal sealed class LineFormatter(bool journal) : ITextFormatter
{
    /// <summary>Strings as they are: sentences in quotes would be hard to read.</summary>
    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (journal)
            output.Write($"<{Priority(logEvent.Level)}>");
        else
            output.Write($"{logEvent.Timestamp:HH:mm:ss.fff} {logEvent.Level,-11} ");
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, message);
        output.Write(Line(message.ToString()));
        if (logEvent.Exception is { } exception)
            output.Write($" {Line(exception.ToString())}");
        output.Write('\n');
    }

    private static string Line(string text) => text.ReplaceLineEndings(" | ");

    private static int Priority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => 2,
        LogEventLevel.Error => 3,
        LogEventLevel.Warning => 4,
        LogEventLevel.Information => 6,
        _ => 7,
    };
}
