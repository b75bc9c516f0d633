namespace Phyllome.Seats.DeviceHelper;

/// <summary>What is asked of udev when its rules have changed.</summary>
internal interface IUdev
{
    /// <summary>Has it read its rules; it looks at their folders by itself, but not within 3 s of its last look (systemd, udev-manager.c).</summary>
    void Reload();

    /// <summary>Has it run its rules for every device on which it has noted this, and for what hangs on it, as if the device had just come: running desktops heed nothing but that.</summary>
    void AddAgain(string mark);
}
