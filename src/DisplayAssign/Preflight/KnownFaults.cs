using System.Globalization;
using Phyllome.Seats.DisplayAssign.Observed;

namespace Phyllome.Seats.DisplayAssign.Preflight;

/// <summary>Cards and drivers that are known to fail.</summary>
internal static class KnownFaults
{
    private const string Nvidia = "10de", Amd = "1002";

    /// <summary>Polaris, Vega 10 and 20, Navi 10, 12 and 14: the generations that the module vendor-reset was written for.</summary>
    private static readonly (int First, int Last)[] ResetFaults =
    [
        (0x66a0, 0x66af), (0x67c0, 0x67ff), (0x6860, 0x687f), (0x6980, 0x699f), (0x6fdf, 0x6fdf), (0x7310, 0x731f), (0x7340, 0x734f), (0x7360, 0x7362),
    ];

    internal static bool ResetFails(PciFunction gpu) =>
        gpu.Vendor == Amd && int.TryParse(gpu.Product, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var product)
        && ResetFaults.Any(range => product >= range.First && product <= range.Last);

    /// <summary>Why its driver must not be taken from it while the host runs; null where nothing is known against it.</summary>
    internal static string? Rebinding(PciFunction gpu, string kernel) => gpu switch
    {
        { Vendor: Nvidia, Driver: "nvidia" } => "NVIDIA's driver is known to let go of a card never, even with nobody using it (open-gpu-kernel-modules issues 1119 and 1374)",
        { Vendor: Amd, Product: "7550", Driver: "amdgpu" } when kernel.StartsWith("7.2", StringComparison.Ordinal) =>
            "the kernel fails when this card changes its driver (CachyOS issue 1023)",
        _ => null,
    };
}
