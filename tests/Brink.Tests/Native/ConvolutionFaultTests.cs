using Brink.Native;

namespace Brink.Tests.Native;

[Collection(WholeProcess.Name)]
public sealed class ConvolutionFaultTests
{
    // The process was prepared before the first test.
    [Fact]
    public void The_convolutions_of_a_prepared_process_are_right() => Assert.False(ConvolutionFault.IsPresent());

    [Fact]
    public void A_build_without_the_fault_computes_the_same_without_oneDNN()
    {
        Assert.True(ConvolutionFault.TryAvoid(), "libtorch exports no switch for oneDNN");
        Assert.False(ConvolutionFault.IsPresent());
    }

    [Fact]
    public void The_test_leaves_no_tensor_and_draws_no_random_number()
    {
        using var scope = NewDisposeScope();
        using var before = random.get_rng_state();
        Live.AssertUnchanged(() => ConvolutionFault.IsPresent());
        using var after = random.get_rng_state();
        Assert.True(before.Equals(after));
    }
}
