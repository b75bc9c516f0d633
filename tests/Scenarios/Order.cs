using Phyllome.Seats.Scenarios;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(FewestStarts))]

namespace Phyllome.Seats.Scenarios;

/// <summary>What a scenario finds, as the name of its collection. Each finds it in any order; in this one fewest guests are started and PCs booted.</summary>
static class Order
{
    /// <summary>No PC is on: it boots one of its own.</summary>
    public const string PcOfItsOwn = "with a PC of its own";

    /// <summary>Nobody sits at the shared PC, and no guest runs.</summary>
    public const string NobodyIsThere = "nobody is there";

    /// <summary>The same, and both sit down.</summary>
    public const string BothCome = "both come";

    /// <summary>Both people sit at it.</summary>
    public const string BothAreThere = "both are there";

    /// <summary>It takes the package off the PC.</summary>
    public const string Removal = "the package is removed";

    public static IReadOnlyList<string> All { get; } = [PcOfItsOwn, NobodyIsThere, BothCome, BothAreThere, Removal];
}

sealed class FewestStarts : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Order.All.ToList().IndexOf(collection.TestCollectionDisplayName))];
}
