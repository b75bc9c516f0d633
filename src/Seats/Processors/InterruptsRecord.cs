namespace Phyllome.Seats.Processors;

/// <summary>Where the device helper keeps who handled the host's interrupts before it moved them: there for as long as they are elsewhere.</summary>
public static class InterruptsRecord
{
    public const string File = "/run/phyllome-interrupts/record";
}
