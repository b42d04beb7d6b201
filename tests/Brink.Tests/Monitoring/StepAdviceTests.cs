using Brink.Monitoring;

namespace Brink.Tests.Monitoring;

public sealed class StepAdviceTests
{
    [Fact]
    public void Largest_steps_follow_from_the_curvature()
    {
        var advice = StepAdvice.For(sharpness: 40, preconditioned: 190).ToDictionary(one => one.Method, one => one.LargestStep, StringComparer.Ordinal);
        Assert.Equal(0.05, advice["gradient descent"], 1e-12);
        Assert.Equal(3.8 / 40, advice["momentum 0.9"], 1e-12);
        Assert.Equal(3.8 / (2.8 * 40), advice["Nesterov 0.9"], 1e-12);
        Assert.Equal(0.2, advice["Adam"], 1e-12);
        Assert.All(StepAdvice.For(-1, double.NaN).Take(3), one => Assert.Equal(double.PositiveInfinity, one.LargestStep));
        Assert.Equal(double.NaN, StepAdvice.For(-1, double.NaN)[3].LargestStep);
    }

    [Theory]
    [InlineData(0.1, 0, 700L, "it can end now")]         // 1.5 at 0.1: stable
    [InlineData(0.2, -0.001, 1200L, "falls by 0.002")]   // 3 at 0.2, to 2 in 500 steps
    [InlineData(0.2, 0.001, null, "go no higher than 0.133")]
    [InlineData(0.2, double.NaN, null, "does not fall")]
    public void A_warm_up_ends_where_its_target_is_stable(double target, double rate, long? step, string reason)
    {
        var reading = new StabilityReading(700, 1, 0.1, 15, 1.5, [], rate, null, StabilityVerdict.Stable, 3, true, 0);
        var (end, because) = StepAdvice.WarmUpEnd(reading, target);
        Assert.Equal(step, end);
        Assert.Contains(reason, because, StringComparison.Ordinal);
    }
}
