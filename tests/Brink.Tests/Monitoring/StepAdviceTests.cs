using Brink.Monitoring;

namespace Brink.Tests.Monitoring;

public sealed class StepAdviceTests
{
    [Fact]
    public void Largest_steps_follow_from_the_curvature()
    {
        var advice = StepAdvice.For(sharpness: 40, preconditioned: 190)
            .ToDictionary(one => one.Method, one => one.LargestStep, StringComparer.Ordinal);
        Assert.Equal(0.05, advice["gradient descent"], 1e-12);
        Assert.Equal(3.8 / 40, advice["momentum 0.9"], 1e-12);
        Assert.Equal(3.8 / (2.8 * 40), advice["Nesterov 0.9"], 1e-12);
        Assert.Equal(0.2, advice["Adam"], 1e-12);
        Assert.All(StepAdvice.For(-1, double.NaN).Take(3), one => Assert.Equal(double.PositiveInfinity, one.LargestStep));
        Assert.Equal(double.NaN, StepAdvice.For(-1, double.NaN)[3].LargestStep);
    }

    [Theory]
    [InlineData(0.1, 0, 700L, "end the warm-up now")]         // 1.5 at 0.1: stable
    [InlineData(0.2, -0.001, 1200L, "falls by 0.002")]   // 3 at 0.2, to 2 in 500 steps
    [InlineData(0.2, 0.001, null, "keep the learning rate below 0.133")]
    [InlineData(0.2, double.NaN, null, "does not fall")]
    public void A_warm_up_ends_where_its_target_is_stable(double target, double rate, long? step, string reason)
    {
        var reading = new StabilityReading(700, 1, 0.1, 15, 1.5, [], rate, null, StabilityVerdict.Stable, 3, true, 0);
        var (end, because) = StepAdvice.WarmUpEnd(reading, target);
        Assert.Equal(step, end);
        Assert.Contains(reason, because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, double.NaN, null)]                        // after divergence
    [InlineData(0.0, 0.0, null)]                               // the first step of a warm-up from 0
    [InlineData(0.1, -0.2, double.PositiveInfinity)]           // no positive curvature
    [InlineData(0.1, 4.0, 0.05)]
    public void Unknown_learning_rates_are_reported_as_unknown(double rate, double effective, double? largest)
    {
        var reading = new StabilityReading(3, 1, rate, 1, effective, [], double.NaN, null, StabilityVerdict.Stable, 3, true, 0);
        Assert.Equal(largest, reading.LargestStableLearningRate);
        Assert.Equal(largest, reading.WarmUp.Highest);
        Assert.Equal(largest is null, reading.WarmUp.Reason.Contains("is unknown", StringComparison.Ordinal));
        var (end, reason) = StepAdvice.WarmUpEnd(reading, 0.2);
        Assert.Equal(largest is null, reason.Contains("is unknown", StringComparison.Ordinal));
        Assert.Equal(effective < 0 ? 3L : null, end);
    }

    [Fact]
    public void A_single_point_gives_the_largest_rate_of_a_warm_up_but_not_its_end()
    {
        var here = WarmUp.At(0.05);
        Assert.Equal((0.05, null), (here.Highest, here.End));
        Assert.Contains("rise to 0.05 at this point (2/S)", here.Reason, StringComparison.Ordinal);
        Assert.Contains("any learning rate", WarmUp.At(double.PositiveInfinity).Reason, StringComparison.Ordinal);
    }
}
