using Phyllome.Seats.Guests;

namespace Phyllome.Seats.VmBridge;

/// <summary>A guest that somebody wants to have.</summary>
/// <param name="Os">libosinfo's short name of its system, as <c>virt-install --osinfo list</c> has them.</param>
/// <param name="Iso">The absolute path of the medium that its system is installed from.</param>
/// <param name="Pool">The storage pool that its disk goes to.</param>
/// <param name="Profile">Null for what the system asks for.</param>
/// <param name="DiskGiB">Null for what the profile's systems usually have, as with the other two.</param>
public sealed record NewGuestWish(
    string Name, string Os, string Iso, string Pool, GuestProfile? Profile = null, int? DiskGiB = null, int? MemoryMiB = null, int? Vcpus = null);

/// <summary>A guest that can be made; nothing of it is there yet.</summary>
/// <param name="Command">virt-install with the arguments that gave the definition.</param>
/// <param name="Steps">What making it does, in order, in words.</param>
/// <param name="Definition">What libvirt is to store.</param>
/// <param name="Volume">The disk's name in its pool.</param>
/// <param name="DiskBytes">How much the guest sees of it.</param>
/// <param name="Notes">What the owner does next, and how it is removed.</param>
public sealed record NewGuestPlan(
    NewGuestWish Wish, GuestProfile Profile, ValueList<string> Command, ValueList<string> Steps, string Definition, string Volume, long DiskBytes, ValueList<string> Notes);
