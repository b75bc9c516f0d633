using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter.Core;

/// <summary>A device that can be felt. None of it waits for the device's user.</summary>
internal interface IFeedback
{
    /// <summary>Gives it an effect, or changes one that it has. May wait for the device: never on the routing thread.</summary>
    /// <param name="effect">With -1 for its number, which is then set.</param>
    Errno Upload(ref ForceEffect effect);

    /// <summary>Ends and forgets an effect. May wait for the device: never on the routing thread.</summary>
    void Erase(short effect);

    /// <summary>Plays an effect or ends that (EV_FF with its number), or sets how strong all are.</summary>
    void Send(ushort code, int value);
}
