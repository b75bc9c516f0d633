using System.Text;
using Microsoft.Win32.SafeHandles;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.SeatCtl;

/// <summary>Reads a password: asked for twice where somebody types, else a line.</summary>
internal static class SecretLine
{
    private const int StandardInput = 0;

    /// <summary>On a thread of its own, which ends with the process: nothing breaks off a read of a terminal.</summary>
    /// <exception cref="CommandFailure">There is none, the two differ, or it was broken off.</exception>
    internal static async Task<string> ReadAsync(Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(() => Read(terminal), CancellationToken.None).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            throw new CommandFailure(ExitCode.Failed, "Nothing is changed.");
        }
    }

    private static string Read(Terminal terminal)
    {
        var first = terminal.Secret(terminal.Asks ? "New password: " : null);
        if (string.IsNullOrEmpty(first))
            throw new CommandFailure(ExitCode.Usage, "An empty password is none; nothing is changed.");
        if (terminal.Asks && terminal.Secret("The same again: ") != first)
            throw new CommandFailure(ExitCode.Failed, "The two are not the same; nothing is changed.");
        return first;
    }

    /// <summary>A line of standard input, without showing it; null at its end.</summary>
    /// <param name="prompt">Null where nobody is asked.</param>
    internal static string? OfProcess(string? prompt)
    {
        // Not the Console's own reader, which shows what it reads.
        using var input = new FileStream(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        if (prompt is null)
            return Line(input);
        // Before the question, so that nothing of a quick answer is shown or lost.
        using (TerminalEcho.Off(StandardInput))
        {
            Console.Error.Write(prompt);
            var line = Line(input);
            Console.Error.WriteLine();
            return line;
        }
    }

    /// <summary>A byte at a time: what comes after the line is somebody else's.</summary>
    internal static string? Line(Stream input)
    {
        var bytes = new List<byte>();
        for (int value; (value = input.ReadByte()) != '\n';)
        {
            if (value < 0)
            {
                if (bytes.Count == 0)
                    return null;
                break;
            }

            bytes.Add((byte)value);
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }
}
