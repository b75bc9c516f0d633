using System.Security.Cryptography;
using System.Text;

namespace Phyllome.Seats.Remote.Core;

internal enum Verdict
{
    Right,
    Wrong,

    /// <summary>It was not looked at.</summary>
    TooMany,
}

/// <summary>Whether a name and a password are those of the seat. One a time: each costs a processor a tenth of a second and more, by intent.</summary>
/// <param name="isSame"><see cref="RemotePassword.IsSame"/>, whose first is what is kept.</param>
internal sealed class PasswordCheck(TimeProvider time, Func<string, string, bool> isSame) : IDisposable
{
    private readonly WrongPasswords _wrong = new(time);
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <exception cref="FormatException">What is kept of the password has another form.</exception>
    public async Task<Verdict> JudgeAsync(string user, string kept, ReadOnlyMemory<byte> typedUser, ReadOnlyMemory<byte> typedPassword, CancellationToken cancellation)
    {
        if (_wrong.AreTooMany)
            return Verdict.TooMany;
        await _one.WaitAsync(cancellation);
        try
        {
            // Those who waited with this one may have been wrong.
            if (_wrong.AreTooMany)
                return Verdict.TooMany;
            // Both are always looked at, so that the time tells nobody which was wrong.
            var isRight = isSame(kept, Encoding.UTF8.GetString(typedPassword.Span)) & CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(user), typedUser.Span);
            if (isRight)
                return Verdict.Right;
            _wrong.Count();
            return Verdict.Wrong;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
