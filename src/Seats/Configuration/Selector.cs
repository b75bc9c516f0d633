namespace Phyllome.Seats.Configuration;

/// <summary>By what a selector picks.</summary>
public enum SelectorKind
{
    /// <summary><c>port:1-2</c>: a USB port path and everything behind it.</summary>
    Port,
    /// <summary><c>path:pci-0000:00:14.0-usb-0:3.1</c>: udev's ID_PATH.</summary>
    Path,
    Serial,
    /// <summary><c>id:046d:c52b</c>: vendor and product, only while one device alone has them.</summary>
    Id,
    /// <summary><c>bt:aa:bb:cc:dd:ee:ff</c>: a Bluetooth address.</summary>
    Bluetooth,
    /// <summary><c>name:*Keyboard*</c>: a glob with <c>*</c> and <c>?</c>.</summary>
    Name,
    /// <summary><c>connector:card0-DP-1</c>.</summary>
    Connector,
    /// <summary><c>edid:DEL-40F1-AB123</c>.</summary>
    Edid,
    /// <summary><c>pci:0000:01:00.0</c>.</summary>
    Pci,
    /// <summary><c>remote</c>, as a display.</summary>
    Remote,
}

/// <summary>Names devices or displays in the configuration and on the command line.</summary>
public sealed record Selector(SelectorKind Kind, string Value)
{
    public override string ToString() => Kind switch
    {
        SelectorKind.Remote => "remote",
        SelectorKind.Bluetooth => $"bt:{Value}",
        _ => $"{Kind.ToString().ToLowerInvariant()}:{Value}",
    };
}
