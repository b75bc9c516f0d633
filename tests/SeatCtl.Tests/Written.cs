using System.Text;
using System.Threading.Channels;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>Keeps what is written, and hands it out at each flush.</summary>
internal sealed class Written : StringWriter
{
    private readonly Channel<string> _parts = Channel.CreateUnbounded<string>();
    private int _told;

    public override void Flush()
    {
        var all = ToString();
        _parts.Writer.TryWrite(all[_told..]);
        _told = all.Length;
    }

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (Eager)
            Flush();
    }

    /// <summary>Whether each line is handed out at once, as stderr does.</summary>
    public bool Eager { get; init; }

    public async Task<string> NextAsync(CancellationToken cancellation)
    {
        var text = await _parts.Reader.ReadAsync(cancellation);
        return text.Length > 0 ? text : await NextAsync(cancellation);
    }

    public override Encoding Encoding => Encoding.UTF8;
}
