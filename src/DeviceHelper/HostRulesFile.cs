using System.Runtime.Versioning;
using System.Text;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.OffHost;

[assembly: SupportedOSPlatform("linux")]

namespace Phyllome.Seats.DeviceHelper;

/// <summary>udev's rules of what is off the host. Nothing but what <see cref="UdevRules"/> can say gets into them.</summary>
internal sealed class HostRulesFile(string path, IUdev udev)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Puts these in the place of those there are, and has udev look anew at what those took.</summary>
    public void Replace(ValueList<HostRule> rules)
    {
        if (rules.FirstOrDefault(rule => !UdevRules.CanSay(rule)) is { } wrong)
            throw new OperationException(Errno.EINVAL, $"could not write {path}: no rule can be made of {wrong}");
        var text = UdevRules.Render(rules);
        if (text == (File.Exists(path) ? File.ReadAllText(path) : ""))
            return;
        try
        {
            if (text.Length == 0)
                File.Delete(path);
            else
                Write(text);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OperationException(Errno.EROFS, $"could not write {path}: {failure.Message}");
        }

        udev.Reload();
        udev.AddAgain(UdevRules.Mark);
    }

    private void Write(string text)
    {
        var fresh = path + ".new";
        using (var file = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Readable }))
            file.Write(Encoding.UTF8.GetBytes(text));
        // The manager reads it, whatever the umask.
        File.SetUnixFileMode(fresh, Readable);
        File.Move(fresh, path, overwrite: true);
    }
}
