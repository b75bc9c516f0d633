using Phyllome.Seats.InputRouter.Core;
using Phyllome.Seats.Linux.Libc;

namespace Phyllome.Seats.InputRouter;

/// <summary>
/// What a clone is to let its user feel: whoever has the clone uploads effects to it, and each is uploaded to the device whose events go to the
/// clone now, under a number of the device's own. When the device goes elsewhere they are erased on it; when it comes back they are there again,
/// and play when they are started anew.
/// </summary>
/// <param name="uinput">The clone's.</param>
/// <param name="aside">Uploading waits for the device, and whoever uploads waits for it: the routing thread does not.</param>
internal sealed class Effects(FileDescriptor uinput, IDeviceControl control, Aside aside)
{
    /// <summary>FF_MAX_EFFECTS: from FF_GAIN on, a code is no effect's number.</summary>
    private const int Most = InputCodes.FF_GAIN;

    private readonly ForceEffect[] _kept = new ForceEffect[Most];
    private readonly bool[] _isKept = new bool[Most];
    private Pair? _pair;
    private int? _gain;

    /// <summary>The device and, of each effect of the clone, its number there; -1: it is not there.</summary>
    private sealed class Pair
    {
        public Pair(IFeedback device)
        {
            Device = device;
            Array.Fill(Numbers, (short)-1);
        }

        public IFeedback Device { get; }

        public short[] Numbers { get; } = new short[Most];
    }

    /// <param name="device">Whose events go to the clone from now on; null: none's that can be felt.</param>
    public void Meet(IFeedback? device)
    {
        if (_pair?.Device == device)
            return;
        var (before, after) = (_pair, device is null ? null : new Pair(device));
        _pair = after;
        if (after is not null && _gain is { } gain)
            after.Device.Send(InputCodes.FF_GAIN, gain);
        aside.Do(() => Exchange(before, after));
    }

    /// <summary>Handles what was read from the clone's descriptor.</summary>
    public void Take(ReadOnlySpan<InputEvent> events)
    {
        foreach (ref readonly var one in events)
        {
            var request = one.Value;
            if (one is { Type: InputCodes.EV_UINPUT, Code: InputCodes.UI_FF_UPLOAD })
                Defer(pair => Upload(request, pair));
            else if (one is { Type: InputCodes.EV_UINPUT, Code: InputCodes.UI_FF_ERASE })
                Defer(pair => Erase(request, pair));
            else if (one.Type == InputCodes.EV_FF)
                Play(one.Code, one.Value);
        }
    }

    private void Defer(Action<Pair?> work)
    {
        var pair = _pair;
        aside.Do(() => work(pair));
    }

    private void Play(ushort code, int value)
    {
        if (code == InputCodes.FF_GAIN)
            _gain = value;
        if (code >= Most)
            _pair?.Device.Send(code, value);
        else if (_pair is { } pair && Volatile.Read(ref pair.Numbers[code]) is >= 0 and var number)
            pair.Device.Send((ushort)number, value);
    }

    private void Exchange(Pair? before, Pair? after)
    {
        for (short effect = 0; effect < Most; effect++)
        {
            if (before?.Numbers[effect] is >= 0 and var number)
            {
                Volatile.Write(ref before.Numbers[effect], -1);
                before.Device.Erase(number);
            }

            if (after is not null && _isKept[effect])
                Give(after, _kept[effect]);
        }
    }

    private void Upload(int request, Pair? pair)
    {
        if (control.BeginUpload(uinput, request, out var effect) != Errno.None)
            return;
        var result = (uint)effect.Id >= Most || effect.IsCustom ? Errno.EINVAL : pair is null ? Errno.None : Give(pair, effect);
        // A device that is going has nobody who would feel it; it may come back.
        if (result == Errno.ENODEV)
            result = Errno.None;
        if (result == Errno.None)
            (_kept[effect.Id], _isKept[effect.Id]) = (effect, true);
        control.EndUpload(uinput, request, effect, result);
    }

    private static Errno Give(Pair pair, ForceEffect effect)
    {
        var number = effect.Id;
        effect.Id = pair.Numbers[number];
        var errno = pair.Device.Upload(ref effect);
        if (errno == Errno.None)
            Volatile.Write(ref pair.Numbers[number], effect.Id);
        return errno;
    }

    private void Erase(int request, Pair? pair)
    {
        if (control.BeginErase(uinput, request, out var effect) != Errno.None)
            return;
        if ((uint)effect < Most)
        {
            _isKept[effect] = false;
            if (pair?.Numbers[effect] is >= 0 and var number)
            {
                Volatile.Write(ref pair.Numbers[effect], -1);
                pair.Device.Erase(number);
            }
        }

        control.EndErase(uinput, request, Errno.None);
    }
}
