using Phyllome.Seats.Linux.Drm;
using Xunit;

namespace Phyllome.Seats.Linux.Tests.Drm;

public sealed class AtomicRequestTests
{
    [Fact]
    public void Properties_of_one_object_stand_beside_each_other_whatever_the_order_in_which_they_were_set()
    {
        var (objects, counts, properties, values) = new AtomicRequest().Set(9, 1, 10).Set(4, 7, 20).Set(9, 2, 30).Set(9, 3, 40).ToArrays();
        Assert.Equal([4u, 9u], objects);
        Assert.Equal([1u, 3u], counts);
        Assert.Equal([7u, 1u, 2u, 3u], properties);
        Assert.Equal([20ul, 10ul, 30ul, 40ul], values);
    }

    [Fact]
    public void The_newest_value_of_a_property_counts()
    {
        var (_, counts, _, values) = new AtomicRequest().Set(9, 1, 10).Set(9, 1, 11).ToArrays();
        Assert.Equal([1u], counts);
        Assert.Equal([11ul], values);
    }
}
