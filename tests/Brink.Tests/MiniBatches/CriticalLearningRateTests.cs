using Brink.MiniBatches;
using Brink.Objectives;

namespace Brink.Tests.MiniBatches;

public class CriticalLearningRateTests
{
    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-3)]
    [InlineData(0.3)]
    [InlineData(1e4)]
    public void On_a_quadratic_it_is_two_over_the_directional_sharpness(double guess)
    {
        using var scope = NewDisposeScope();
        var theta = tensor(new[] { 1.0, -2, 0.5 });
        var curvatures = tensor(new[] { 3.0, 0.2, 10 });
        var loss = new DifferentiableSum(3, ScalarType.Float64, 1, (at, _) => (curvatures * at * at).sum() / 2);
        using var expansion = loss.ExpandAt(theta);
        var d = tensor(new[] { 2.0, -1, 3 });
        var directional = DirectionalSharpness.Of(expansion, d);
        Assert.Equal(((d * curvatures * d).sum() / (d * curvatures * theta).sum()).ToDouble(), directional, 1e-12);
        var step = new CriticalLearningRate(guess, RelativeError: 1e-7).Along(loss, theta, d, expansion.Loss);
        Assert.Equal(2 / directional, step.Value, 1e-7 * step.Value);
        Assert.InRange(2 / directional, step.Low, step.High);
    }

    [Fact]
    public void From_a_close_guess_the_default_takes_about_ten_losses()
    {
        var step = new CriticalLearningRate(Guess: 0.1).Of(eta => eta * (eta - 0.11), 0);
        Assert.InRange(step.Value, 0.11 / 1.04, 0.11 * 1.04);
        Assert.InRange(step.Losses, 5, 10);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1.2)]
    public void The_first_of_several_crossings_is_found(double guess)
    {
        // Falls until 1, is above its start from 1 to 3, and below it again from 3 to 9.
        var step = new CriticalLearningRate(guess, RelativeError: 1e-6).Of(eta => eta * (eta - 1) * (eta - 3) * (eta - 9) / 27, 0);
        Assert.Equal(1, step.Value, 1e-5);
    }

    [Fact]
    public void A_NaN_counts_as_a_rise()
    {
        var step = new CriticalLearningRate(1e-3, RelativeError: 1e-6).Of(eta => eta < 0.7 ? -eta : double.NaN, 0);
        Assert.Equal(0.7, step.Value, 1e-5);
        Assert.True(double.IsPositiveInfinity(new CriticalLearningRate().Of(eta => -eta, 0).Value));
        Assert.True(double.IsNaN(new CriticalLearningRate().Of(eta => eta, 0).Value));
    }
}
