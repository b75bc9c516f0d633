using CsCheck;
using Phyllome.Seats.Processors;
using Xunit;

namespace Phyllome.Seats.Tests.Processors;

public sealed class CpuListShould
{
    [Theory]
    [InlineData("f", "0-3")]
    [InlineData("0000000d", "0,2-3")]
    [InlineData("1,00000000\n", "32")]
    [InlineData("00000000", "")]
    public void Read_the_kernels_masks(string mask, string cpus) => Assert.Equal(cpus, CpuList.Format(CpuList.FromMask(mask)));

    [Fact]
    public void Write_masks_and_lists_that_it_reads_as_what_they_were() => Gen.Int[0, 300].HashSet[0, 40].Sample(set =>
    {
        var cpus = set.Order().ToValueList();
        return CpuList.FromMask(CpuList.ToMask(cpus)) == cpus && CpuList.Parse(CpuList.Format(cpus)) == cpus;
    });

    [Theory]
    [InlineData("")]
    [InlineData("0x3")]
    [InlineData("100000000")]
    public void Refuse_what_is_no_mask(string mask) => Assert.ThrowsAny<SystemException>(() => CpuList.FromMask(mask));
}
