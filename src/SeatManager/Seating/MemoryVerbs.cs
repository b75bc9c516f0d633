using Phyllome.Seats.Configuration;
using Phyllome.Seats.Devices;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Remote;

namespace Phyllome.Seats.SeatManager.Seating;

/// <summary>What a person changes in what is remembered. The derived types are the closed list.</summary>
internal abstract record MemoryVerb;

/// <param name="Device">Its id as the status shows it, or its event node.</param>
/// <param name="Seat">A seat's name, or <c>host</c>.</param>
internal sealed record AssignDevice(string Device, string Seat) : MemoryVerb;

/// <param name="Guest">A libvirt domain, or <c>template:NAME</c> for a clone of its own.</param>
/// <param name="Gpu">PCI address of a card to pass through; null for none.</param>
internal sealed record AddSeat(string Seat, string Guest, string? Gpu, ValueList<string> Devices) : MemoryVerb;

internal sealed record RemoveSeat(string Seat) : MemoryVerb;

/// <param name="Kept">As <see cref="RemotePassword.Keep"/> writes it.</param>
internal sealed record SetRemotePassword(string Seat, string Kept) : MemoryVerb
{
    /// <summary>Without the password, for wherever it is printed.</summary>
    public override string ToString() => $"the password of the remote display of seat {Seat}";
}

internal sealed record SetRemoteViewOnly(string Seat, bool ViewOnly) : MemoryVerb;

/// <summary>Everything back to the host.</summary>
internal sealed record TakeBack : MemoryVerb;

/// <summary>Whether and how the memory changes. Pure.</summary>
internal static class MemoryVerbs
{
    /// <param name="plan">The newest, for the claims in it.</param>
    /// <returns>The memory after it; or why not.</returns>
    public static (Memory? After, Answer? Refusal) Apply(MemoryVerb verb, World world, Plan plan) => verb switch
    {
        AssignDevice assign => Assign(world.Memory!, assign.Device, assign.Seat is "host" or Step.Host ? Step.Host : assign.Seat, world, plan),
        AddSeat add => Add(add, world, plan),
        RemoveSeat remove => Remove(remove.Seat, world),
        SetRemotePassword set => Remote(set.Seat, world, RemotePasswordForm.IsKept(set.Kept) ? null : "what is to be kept of the password has another form than this version's: use the seatctl of this package", said => said with { Password = set.Kept }),
        SetRemoteViewOnly set => Remote(set.Seat, world, null, said => said with { ViewOnly = set.ViewOnly }),
        _ => (world.Memory!.WithTaken(world.Wanted.Seats.Select(seat => seat.Name)), null),
    };

    private static (Memory?, Answer?) Assign(Memory memory, string name, string seat, World world, Plan plan)
    {
        var devices = world.Inventory.Devices;
        if (devices.FirstOrDefault(device => DeviceName.Of(device) == name || device.Nodes.Any(node => node.Path == name)) is not { } device)
            return No(Refusal.NotThere, $"There is no device '{name}'. See: seatctl status.");
        if (seat != Step.Host && world.Wanted.Seats.All(wish => wish.Name != seat) && memory.Seats.All(remembered => remembered.Name != seat))
            return No(Refusal.NotThere, $"There is no seat {seat}. See: seatctl status.");
        var claim = plan.Claims.FirstOrDefault(claim => claim.Device == device.Id);
        if (device.Usb?.HostsUse is { } use && UsbPassing.IsWhole(device))
            return No(Refusal.AgainstPolicy, $"Could not assign '{device.Name}': the host uses it ({use}).");
        if (claim is null || !(UsbPassing.IsWhole(device) || device.Nodes.Any(ClaimBook.IsSource)))
            return No(Refusal.Failed, $"Could not assign '{device.Name}': it carries neither keys nor motion.");
        if (claim.Reason == ClaimReason.Configured)
            return No(Refusal.AgainstPolicy, $"Could not assign '{device.Name}': the configuration says whose it is ({claim.Because}). Change it in {world.Wanted.File}.");
        if (claim.Reason == ClaimReason.Held && world.Wanted.Host.NewDevices == NewDevices.Deny)
            return No(Refusal.AgainstPolicy, $"Could not assign '{device.Name}': {claim.Because}.");
        if (seat != Step.Host && device.Kind == DeviceKind.Keyboard && !plan.Claims.Any(other => other.Device != device.Id && other.Seat == Step.Host && other.Reason != ClaimReason.Held
                && devices.Any(one => one.Id == other.Device && one.Kind == DeviceKind.Keyboard)))
            return No(Refusal.AgainstPolicy, $"Could not assign '{device.Name}': it is the host's only keyboard. To take it all the same, name it in a seat's 'devices' in {world.Wanted.File}.");
        return (memory.With(device, seat), null);
    }

    private static (Memory?, Answer?) Add(AddSeat add, World world, Plan plan)
    {
        if (!SeatsToml.IsSeatName(add.Seat))
            return No(Refusal.Failed, $"Could not add seat '{add.Seat}': a name has letters, digits, - and _, and is not 'seat0'.");
        if (world.Wanted.Seats.Any(seat => seat.Name == add.Seat) || world.Memory!.Seats.Any(seat => seat.Name == add.Seat))
            return No(Refusal.Failed, $"Could not add seat {add.Seat}: it is there already. See: seatctl status.");
        if (world.Guests?.Guests is not { } guests)
            return No(Refusal.Failed, $"Could not add seat {add.Seat}: libvirt cannot be asked for its guest.");
        var template = guests.All(guest => guest.Name != add.Guest) && add.Guest.StartsWith(TemplateGuest.Prefix, StringComparison.Ordinal) ? add.Guest[TemplateGuest.Prefix.Length..] : null;
        var clone = world.Wanted.Templates.FirstOrDefault(one => one.Name == template)?.CloneOf;
        if (template is not null && clone is null)
            return No(Refusal.NotThere, $"Could not add seat {add.Seat}: there is no [template.{template}] in {world.Wanted.File}.");
        if (guests.All(guest => guest.Name != (clone?.Base ?? add.Guest)))
            return No(Refusal.NotThere, $"Could not add seat {add.Seat}: libvirt has no guest '{clone?.Base ?? add.Guest}'. See: virsh list --all.");
        if (world.Wanted.Seats.FirstOrDefault(seat => seat.Guests.Contains(add.Guest)) is { } having)
            return No(Refusal.Failed, $"Could not add seat {add.Seat}: guest '{add.Guest}' is in the reach of seat {having.Name}.");
        if (world.Inventory.Room.Missing(guests.First(guest => guest.Name == (clone?.Base ?? add.Guest)), clone is not null, world.Wanted, guests) is { } missing)
            return No(Refusal.Failed, $"Could not add seat {add.Seat}: {missing}.");
        if (add.Gpu is { } gpu)
        {
            if (world.Inventory.Gpus.All(there => there.Address != gpu))
                return No(Refusal.NotThere, $"Could not add seat {add.Seat}: there is no gpu at '{gpu}'. Those there are: {string.Join(", ", world.Inventory.Gpus.Select(there => there.Address))}.");
            if (world.Wanted.Seats.FirstOrDefault(seat => seat.Gpu == gpu) is { } other)
                return No(Refusal.Failed, $"Could not add seat {add.Seat}: the gpu {gpu} is of seat {other.Name}.");
        }

        var own = clone is null ? add.Guest : TemplateGuest.NameOf(clone.Base, add.Seat, world.Wanted, world.Memory!, world.Inventory);
        var memory = world.Memory!.With(new RememberedSeat(add.Seat, own, add.Gpu) { CloneOf = clone });
        foreach (var device in add.Devices)
        {
            var (after, refusal) = Assign(memory, device, add.Seat, world with { Memory = memory }, plan);
            if (after is null)
                return (null, refusal);
            memory = after;
        }
        return (memory, null);
    }

    private static (Memory?, Answer?) Remove(string seat, World world) =>
        world.Memory!.Seats.Any(remembered => remembered.Name == seat) ? (world.Memory.Without(seat), null)
        : world.Wanted.Seats.Any(wish => wish.Name == seat)
            ? No(Refusal.AgainstPolicy, $"Could not remove seat {seat}: it stands in {world.Wanted.File}. Remove it there.")
            : No(Refusal.NotThere, $"There is no seat {seat}. See: seatctl status.");

    private static (Memory?, Answer?) Remote(string seat, World world, string? fault, Func<RememberedRemote, RememberedRemote> change) =>
        WhyNotRemote(seat, world) is { } refusal ? (null, refusal)
        : fault is not null ? No(Refusal.Failed, $"Could not change how seat {seat} is seen from elsewhere: {fault}.")
        : (world.Memory!.With(seat, change), null);

    /// <summary>Why nothing can be done to a seat's remote display; null where it has one.</summary>
    public static Answer? WhyNotRemote(string seat, World world) => world.Wanted.Seats.FirstOrDefault(wish => wish.Name == seat) switch
    {
        null => Answer.Refused(Refusal.NotThere, $"There is no seat {seat}. See: seatctl status."),
        { Remote: null } => Answer.Refused(Refusal.Failed, $"Seat {seat} is not seen from elsewhere: write \"remote\" into its 'displays' in {world.Wanted.File}."),
        _ => null,
    };

    private static (Memory?, Answer?) No(Refusal refusal, string sentence) => (null, Answer.Refused(refusal, sentence));
}
