using System.Text.Json.Serialization;
using Phyllome.Seats.OffHost;
using Phyllome.Seats.Routing;

namespace Phyllome.Seats.Helping;

/// <summary>
/// One privileged operation. The derived types are the closed list. A request is one packet on the SOCK_SEQPACKET socket
/// <c>/run/phyllome-seats/helper.sock</c>; its operations run in order, and the first that fails ends it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(OpenSourceNode), "open-source")]
[JsonDerivedType(typeof(CreateSinkNode), "create-sink")]
[JsonDerivedType(typeof(CreateCloneNode), "create-clone")]
[JsonDerivedType(typeof(TakeGpu), "take-gpu")]
[JsonDerivedType(typeof(GiveBackGpu), "give-back-gpu")]
[JsonDerivedType(typeof(WriteHostRules), "write-host-rules")]
[JsonDerivedType(typeof(SplitGpu), "split-gpu")]
[JsonDerivedType(typeof(MakeMediated), "make-mediated")]
[JsonDerivedType(typeof(OpenCard), "open-card")]
[JsonDerivedType(typeof(SteerInterrupts), "steer-interrupts")]
public abstract record HelperOperation;

/// <summary>Open <c>/dev/input/eventM</c> and hand it to the router. Refused where that node is not <c>inputN</c> (any more).</summary>
public sealed record OpenSourceNode(int Input, int Event) : HelperOperation;

/// <summary>Create the virtual keyboard or pointer of a guest, or of the host (<see cref="Routing.HostReach.Id"/>), wait for udev to have its node ready, and hand it to the router.</summary>
/// <param name="Name">The guest's name, for a person who reads the list of input devices; cut to what uinput takes.</param>
public sealed record CreateSinkNode(Guid Guest, string Name, SinkKind Kind) : HelperOperation;

/// <summary>
/// Create for a guest, or for the host, a virtual device that is what a physical one is: name, numbers, properties, keys, axes with their ranges and
/// resolutions. Wait for udev to have its node ready, and hand it to the router. What stands in the way is as for the two operations above.
/// </summary>
/// <param name="CloneOf">As <see cref="CloneName.Of"/> names it.</param>
/// <param name="Input">N of the physical node's <c>inputN</c>.</param>
/// <param name="Event">M of its <c>/dev/input/eventM</c>.</param>
public sealed record CreateCloneNode(Guid Guest, string CloneOf, int Input, int Event) : HelperOperation;

/// <summary>
/// Give a graphics card, with its whole IOMMU group, to vfio-pci, where it has not got it; it stays there until <see cref="GiveBackGpu"/>. EPERM
/// with the reasons where a check refuses it, and then nothing is written; EBUSY where another request for it has not ended; EIO where it could
/// not be done, and was undone. Like all that concerns cards it is asked of <c>/run/phyllome-seats/gpu-helper.sock</c>, whose helper sees other
/// processes and no input device.
/// </summary>
/// <param name="Named">Whether the configuration names the card, so that it is taken though the host would miss it.</param>
public sealed record TakeGpu(string Address, bool Named) : HelperOperation;

/// <summary>
/// Give a graphics card with its group back to the drivers of the host, and take the parts away that it was split into. EBUSY where a guest has
/// it or one of them.
/// </summary>
public sealed record GiveBackGpu(string Address) : HelperOperation;

/// <summary>Replace udev's rules of what is off the host, and let udev look anew at what they took: what none takes any more is the host's again.</summary>
public sealed record WriteHostRules(ValueList<HostRule> Rules) : HelperOperation;

/// <summary>
/// Let a card of the host's have so many virtual functions (SR-IOV), which no driver of the host gets; as <see cref="TakeGpu"/> it fails with
/// EPERM, EBUSY or EIO. A card that has some can't be given more.
/// </summary>
public sealed record SplitGpu(string Address, int Count) : HelperOperation;

/// <summary>Make a mediated device of a card of the host's, where it is not there yet; as <see cref="TakeGpu"/> it fails with EPERM, EBUSY or EIO.</summary>
/// <param name="Type">As the card's driver calls it.</param>
/// <param name="Device">Its UUID.</param>
public sealed record MakeMediated(string Address, string Type, Guid Device) : HelperOperation;

/// <summary>
/// Open a card of the host's that nobody else has open, and be its master: the descriptor comes beside the reply, as the last operation of its
/// request. EBUSY where a session has it, ENODEV where no driver of the host shows pictures on it. The monitors that are lent of it come back
/// when its last copy is closed.
/// </summary>
public sealed record OpenCard(string Address) : HelperOperation;

/// <summary>
/// Have these processors handle the interrupts of the host's devices, and those of devices that come; with none, those that did before. Of what
/// somebody has put on some processors only those are taken away that are not among these, where any is left. What the kernel does not let be moved
/// stays. It is asked of the graphics cards' helper, which may write there.
/// </summary>
public sealed record SteerInterrupts(ValueList<int> Cpus) : HelperOperation;

public sealed record HelperRequest(ValueList<HelperOperation> Operations);

/// <summary>What one operation came to.</summary>
/// <param name="Errno">0 where it was done.</param>
/// <param name="Sentence">Where it was not done: what, to what, and why. Where it was: what, or null for a descriptor that was handed over.</param>
/// <param name="Input">The node's inputN; 0 where it was about none.</param>
/// <param name="Event">The node's eventM.</param>
public sealed record HelperResult(int Errno, string? Sentence, int Input, int Event);

/// <summary>The results of the operations that were tried, in their order.</summary>
public sealed record HelperReply(ValueList<HelperResult> Results);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(ValueListConverter<HelperOperation>), typeof(ValueListConverter<HelperResult>), typeof(ValueListConverter<HostRule>), typeof(ValueListConverter<int>)])]
[JsonSerializable(typeof(HelperRequest))]
[JsonSerializable(typeof(HelperReply))]
[JsonSerializable(typeof(HelperOperation))]
[JsonSerializable(typeof(HelperResult))]
[JsonSerializable(typeof(HostRule))]
public sealed partial class HelpingJson : JsonSerializerContext;
