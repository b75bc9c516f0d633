using System.Text.Json.Serialization;

namespace Phyllome.Seats.DisplayAssign.HandingOver;

/// <summary>A PCI function that vfio-pci is to have from the boot on; by its ids too, as addresses move when a card is added.</summary>
public sealed record ClaimedFunction(string Address, string Vendor, string Product);

/// <summary>A graphics card that is claimed, with all that moves with it.</summary>
/// <param name="Name">For a person.</param>
public sealed record ClaimedCard(string Address, string Name, ValueList<ClaimedFunction> Functions);

/// <summary>A change that holds only when it is confirmed after a restart.</summary>
/// <param name="Before">The cards that are claimed again where it is not.</param>
/// <param name="Since">The kernel's id of the boot in which it was made.</param>
/// <param name="Tried">Of the first boot with it; null before that.</param>
public sealed record ClaimTrial(ValueList<ClaimedCard> Before, string Since, string? Tried);

/// <summary>The cards that are claimed: <c>/etc/phyllome/gpus.json</c>. Pure; what it asks for is made by <see cref="ClaimFiles"/>.</summary>
public sealed record ClaimBook(ValueList<ClaimedCard> Cards, ClaimTrial? Trial)
{
    /// <summary>How long after a boot a change may be unconfirmed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static ClaimBook Empty { get; } = new([], null);

    public ClaimBook With(ClaimedCard card, string boot) => Changed([.. Cards.Where(other => other.Address != card.Address), card], boot);

    public ClaimBook Without(string address, string boot) => Changed(Cards.Where(card => card.Address != address).ToValueList(), boot);

    /// <summary>Why nothing can be confirmed now, a sentence; null where it can.</summary>
    public string? Unready(string boot) => Trial switch
    {
        null => "nothing waits to be confirmed",
        { Since: var since } when since == boot => "the computer was not restarted since the change: restart it first",
        _ => null,
    };

    /// <summary>Why nothing may be changed now, a sentence; null where it may.</summary>
    public string? Locked(string boot) => Trial is { } trial && trial.Since != boot ? "the change before this one waits to be confirmed: seatctl gpu confirm" : null;

    public ClaimBook Confirmed() => this with { Trial = null };

    /// <summary>What holds now: a change that was restarted with and not confirmed in time, or before the next restart, is taken back.</summary>
    /// <param name="up">How long the computer has been running.</param>
    public ClaimBook Settled(string boot, TimeSpan up) => Trial switch
    {
        null => this,
        { Since: var since } when since == boot => this,
        { Tried: { } tried } when tried != boot => new(Trial.Before, null),
        _ when up >= Patience => new(Trial.Before, null),
        _ => this with { Trial = Trial with { Tried = boot } },
    };

    private ClaimBook Changed(ValueList<ClaimedCard> cards, string boot)
    {
        var ordered = cards.OrderBy(card => card.Address, StringComparer.Ordinal).ToValueList();
        var before = Trial?.Before ?? Cards;
        return new(ordered, ordered == before ? null : new(before, boot, null));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ValueListConverter<ClaimedCard>), typeof(ValueListConverter<ClaimedFunction>)])]
[JsonSerializable(typeof(ClaimBook))]
[JsonSerializable(typeof(ClaimedCard))]
[JsonSerializable(typeof(ClaimedFunction))]
public sealed partial class ClaimJson : JsonSerializerContext;
