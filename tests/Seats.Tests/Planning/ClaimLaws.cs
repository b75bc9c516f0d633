using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Guests;
using Phyllome.Seats.Planning;

namespace Phyllome.Seats.Tests.Planning;

/// <summary>The laws of who gets what.</summary>
internal static partial class Laws
{
    private static void Claims(SeatsConfiguration wanted, Memory after, Dictionary<string, Device> devices, Current current, Plan plan)
    {
        var all = devices.Values.ToArray();
        var seats = Roster.With(wanted, after).Seats;
        Law(plan.Claims.Select(claim => claim.Device).SequenceEqual(devices.Keys.Order(StringComparer.Ordinal)), "every device, and none of our own sinks, is in one place");
        foreach (var claim in plan.Claims)
        {
            var device = devices[claim.Device];
            var kept = wanted.Host.Keep.Any(keep => SelectorMatch.Matches(keep, device, all));
            var wish = wanted.Seats.FirstOrDefault(seat => seat.Devices.Any(selector => SelectorMatch.Matches(selector, device, all)));
            Law(claim.Because.Length > 0, "every assignment and every refusal can be explained");
            Law(claim.Seat == Step.Host || seats.Any(seat => seat.Name == claim.Seat), "a claim is of a seat that there is");
            Law(!kept || claim.Seat == Step.Host, "what the host keeps no seat has");
            Law(claim.Seat == Step.Host || !after.Taken.Contains(claim.Seat), "what the host took back it has");
            Law(device.Usb?.HostsUse is null || claim is { Seat: Step.Host, Reason: ClaimReason.Configured or ClaimReason.Host }, "what the host uses stays with it");
            if (kept || !device.Nodes.Any(IsSource))
                continue;
            if (plan.Asking?.Devices.Contains(claim.Device) == true)
            {
                Law(wish is null && claim is { Seat: Step.Host, Reason: ClaimReason.Held } && current.New.Contains(claim.Device), "what is new and no seat has is asked at which screen it is, and is nobody's meanwhile");
                continue;
            }
            if (wish is not null)
            {
                Law(claim.Seat == wish.Name || (claim.Seat == Step.Host && (after.Taken.Contains(wish.Name) || (IsKeyboard(device)
                        && plan.Problems.Any(problem => problem.Seat == wish.Name && problem.Sentence.Contains(device.Port!, StringComparison.Ordinal))))),
                    "of the seats that ask for a device the first in the file has it, but for the host's last keyboard, and then it is said");
                continue;
            }
            switch (claim.Reason)
            {
                case ClaimReason.Configured: Law(false, "what the configuration does not ask for is not said to be configured"); break;
                case ClaimReason.Remembered: Remembered(claim, device, all, after); break;
                case ClaimReason.SameHub: SameHub(claim, device, devices, current, plan); break;
                case ClaimReason.Completed: Completed(claim, device, devices, wanted, seats, current, plan); break;
                case ClaimReason.Held:
                    Law(wanted.Host.NewDevices != NewDevices.Accept && after.Known.All(key => !key.IsAt(DeviceKey.Of(device))), "only what is new is held, and only where the policy says so");
                    break;
                case ClaimReason.Host: StaysWithHost(claim, device, all, wanted, after, seats); break;
            }
        }
        LastKeyboard(wanted, all, current, plan);
    }

    private static void Remembered(Claim claim, Device device, Device[] all, Memory after)
    {
        var key = DeviceKey.Of(device);
        Law(after.Devices.Any(entry => entry.Seat == claim.Seat && (entry.Key.IsAt(key)
                || (key.Serial is not null && entry.Key.Serial == key.Serial && entry.Key.Id == key.Id && all.Count(other => other.Serial == device.Serial && DeviceKey.Of(other).Id == key.Id) == 1))),
            "a device is known again by its place or its serial number, never by vendor and product alone");
    }

    private static void SameHub(Claim claim, Device device, Dictionary<string, Device> devices, Current current, Plan plan)
    {
        Law(current.New.Contains(device.Id), "a hub says something of what is new only");
        var placed = plan.Claims.Where(other => other.Device != claim.Device && (other.Reason <= ClaimReason.Remembered || !current.New.Contains(other.Device)) && other.Reason != ClaimReason.Held && devices[other.Device].Nodes.Any(IsSource)).ToArray();
        Law(Hubs(device).Any(hub => placed.Where(other => devices[other.Device].Port is { } port && port.StartsWith(hub + ".", StringComparison.Ordinal)).ToArray() is { Length: > 0 } there
                && there.All(other => other.Seat == claim.Seat)),
            "what is on a hub joins what is on it, where that is of one seat");
    }

    private static void Completed(Claim claim, Device device, Dictionary<string, Device> devices, SeatsConfiguration wanted, ValueList<SeatWish> seats, Current current, Plan plan)
    {
        Law(wanted.Spawn.Mode == SpawnMode.Auto && current.New.Contains(device.Id), "a seat is completed by what is new, where that is wanted");
        Law(seats.Any(seat => seat.Name == claim.Seat && seat.IsRemembered), "a seat of the configuration has what it asks for, and nothing is guessed");
        Law(plan.Claims.All(other => other == claim || devices[other.Device].Kind != device.Kind || other.Seat != claim.Seat), "a seat that has one is not given another");
        Law(plan.Claims.All(other => other == claim || devices[other.Device].Kind != device.Kind || !current.New.Contains(other.Device) || other.Seat != Step.Host
            || other.Reason is ClaimReason.Configured or ClaimReason.Remembered or ClaimReason.Held || !devices[other.Device].Nodes.Any(IsSource)), "nothing is guessed between two");
    }

    private static void StaysWithHost(Claim claim, Device device, Device[] all, SeatsConfiguration wanted, Memory after, ValueList<SeatWish> seats)
    {
        var key = DeviceKey.Of(device);
        var entry = after.Devices.FirstOrDefault(entry => entry.Key.IsAt(key) && seats.Any(seat => seat.Name == entry.Seat));
        var taken = entry is not null && after.Taken.Contains(entry.Seat);
        Law(entry is null || taken || IsKeyboard(device) || all.Count(other => entry.Key.IsAt(DeviceKey.Of(other))) > 1
            || after.Devices.Count(other => other.Key.IsAt(key)) > 1, "what a seat had, at the place where it had it, it has again");
        Law(wanted.Host.NewDevices == NewDevices.Accept || claim.Refused.Count > 0 || IsKeyboard(device) || after.Known.Any(known => known.Id == key.Id), "what is new and not let in is held");
    }

    private static void LastKeyboard(SeatsConfiguration wanted, Device[] all, Current current, Plan plan)
    {
        var byId = all.ToDictionary(device => device.Id);
        var keyboards = plan.Claims.Where(claim => IsKeyboard(byId[claim.Device]) && byId[claim.Device].Nodes.Any(IsSource)).ToArray();
        var hosts = keyboards.Any(claim => claim.Seat == Step.Host && claim.Reason != ClaimReason.Held);
        Law(hosts || keyboards.All(claim => claim.Reason != ClaimReason.Held), "a host without a keyboard takes the first");
        var explicitly = keyboards.All(claim => claim.Seat != Step.Host && (InForce(claim) || wanted.Seats.Any(seat =>
            seat.Devices.Any(selector => selector.Kind != SelectorKind.Name && SelectorMatch.Matches(selector, byId[claim.Device], all)))));
        Law(hosts || explicitly, "the host's last keyboard never leaves it, unless it is taken in so many words");

        bool InForce(Claim claim) => current.Router.Seats.Any(route => route.Name == claim.Seat && byId[claim.Device].Nodes.Any(node => route.Route.Sources.Contains(node.Input)));
    }

    private static void Formed(
        SeatsConfiguration wanted, Memory before, Memory after, Dictionary<string, Device> devices, Inventory observed, Current current, Plan plan)
    {
        Law(before.Seats.All(after.Seats.Contains), "a seat that formed stays, until somebody removes it");
        Law(after.Seats.Count <= before.Seats.Count + 1, "seats form one at a time");
        var seats = Roster.With(wanted, before).Seats;
        string[] cards = [.. observed.Gpus.Select(gpu => gpu.Address).Where(card => (card == World.Card(1) || card == World.Card(2)) && seats.All(seat => seat.Gpu != card)
            && !wanted.Host.Keep.Contains(new Selector(SelectorKind.Pci, card)) && (observed.Guests ?? []).All(guest => !guest.Passed.Contains(card)))];
        string[] machines = [.. (observed.Guests ?? []).Where(guest => guest.State == GuestState.Off && guest.ThrowawayOf is null && seats.All(seat => !seat.Guests.Contains(guest.Name))).Select(guest => guest.Name)];
        Law(current.Answers.All(answer => plan.Asking is not { } asking || asking.Screens.All(screen => screen.Connector != answer.Connector) || !asking.Sources.Contains(answer.Input)
            || !devices.Values.Any(device => IsKeyboard(device) && device.Nodes.Any(node => node.Input == answer.Input))), "a keyboard that has answered at a screen is not asked there again");
        var template = wanted.Spawn.Template;
        var there = (observed.Guests ?? []).Select(guest => guest.Name).ToHashSet();
        if (after.Seats.Count > before.Seats.Count)
        {
            var seat = after.Seats[^1];
            var mine = plan.Claims.Where(claim => claim.Seat == seat.Name && IsKeyboard(devices[claim.Device])).ToArray();
            var answered = current.Answers.FirstOrDefault(answer => answer.Connector is not null && mine.Any(claim => Has(claim, answer)));
            bool Has(Claim claim, Answered answer) => devices[claim.Device].Nodes.Any(node => node.Input == answer.Input);
            Law(wanted.Spawn.Mode == SpawnMode.Auto || (wanted.Spawn.Mode == SpawnMode.Ask && answered is not null), "no seat forms where nobody wants it");
            var free = Free(Roster.With(wanted, before), observed, current);
            Law(answered is not null ? seat.Gpu is null && free.Contains(answered.Connector) && At(seat, observed) == answered.Connector
                : seat.Gpu is not null ? cards.SequenceEqual([seat.Gpu]) : cards.Length == 0 && free.SequenceEqual([At(seat, observed)]), "a seat forms at the only display that there is for it, or at the screen where somebody has answered");
            Law(template is not null || machines.SequenceEqual([seat.Guest]), "a seat forms where there is exactly one machine for it");
            Law(seat.CloneOf == template?.CloneOf && (template is null || (there.Contains(template.CloneOf.Base) && !there.Contains(seat.Guest) && seats.All(other => !other.Guests.Contains(seat.Guest)))),
                "where there is a template, a seat gets a clone of its own");
            var fresh = current.New.Where(id => devices.TryGetValue(id, out var device) && IsKeyboard(device) && device.Nodes.Any(IsSource)).ToArray();
            Law(answered is not null ? mine.All(claim => claim.Reason == ClaimReason.SameHub || Has(claim, answered)) : mine.Length == 1 && fresh.Contains(mine[0].Device), "a seat forms around one new keyboard");
            Law(answered is not null || fresh.All(id => id == mine[0].Device || plan.Claims.Any(claim => claim.Device == id && claim.Reason != ClaimReason.Host && claim.Seat != seat.Name)), "where two keyboards are new nothing is guessed");
            Law(plan.Claims.Any(claim => claim.Seat == Step.Host && claim.Reason != ClaimReason.Held && IsKeyboard(devices[claim.Device])), "a seat does not form out of the host's only keyboard");
        }
        else if (wanted.Spawn.Mode == SpawnMode.Auto && cards.Length == 1 && (template is null ? machines.Length == 1 : there.Contains(template.CloneOf.Base)))
        {
            var open = plan.Claims.Where(claim => claim.Reason == ClaimReason.Host && IsKeyboard(devices[claim.Device]) && devices[claim.Device].Nodes.Any(IsSource)).ToArray();
            var free = open.Where(claim => current.New.Contains(claim.Device) && claim.Refused.Count == 0).ToArray();
            var hosts = plan.Claims.Any(claim => claim.Seat == Step.Host && claim.Reason is ClaimReason.Host or ClaimReason.Configured && claim.Seat == Step.Host && IsKeyboard(devices[claim.Device]) && !current.New.Contains(claim.Device)
                && devices[claim.Device].Nodes.Any(IsSource));
            Law(free.Length != 1 || open.Count(claim => current.New.Contains(claim.Device)) > 1 || !hosts, "where there is exactly one way for a seat to form it does");
        }
    }

    private static IEnumerable<string> Hubs(Device device)
    {
        var parts = (device.Port ?? "").Split('.');
        return Enumerable.Range(1, parts.Length - 1).Select(length => string.Join('.', parts[..length]));
    }

    private static bool IsKeyboard(Device device) => device.Kind == DeviceKind.Keyboard;
}
