namespace Brink.Lab.Tests;

public sealed class MeasuredCostTests
{
    [Fact]
    public void A_cost_is_the_sum_of_its_phases()
    {
        var cost = new MeasuredCost(
            StepsToEdge: 2000, DescentStep: 0.5, Check: 2, TrackedStep: 3, TheoryStep: 7, TrackedSteps: 100, TheorySteps: 3, MemoryMb: 100);
        Assert.Equal(1000 + (60 * 2) + 300 + 21, cost.Seconds, 1e-9);
    }

    [Fact]
    public void The_steps_of_an_experiment_are_measured()
    {
        var experiment = Experiment.Small;
        var cost = MeasuredCost.Of(experiment, 50, CancellationToken.None);
        Assert.Equal((50, experiment.Tracking.Steps), (cost.StepsToEdge, cost.TrackedSteps));
        Assert.InRange(cost.DescentStep, 1e-7, 10);
        // A check has a product at least, and a tracked step several of them.
        Assert.InRange(cost.Check, cost.DescentStep / 2, 10);
        Assert.InRange(cost.TrackedStep, cost.DescentStep, 10);
        Assert.InRange(cost.MemoryMb, 50, 100_000);
    }

    [Fact]
    public void A_preset_at_full_size_says_whether_it_was_measured()
    {
        Assert.True(Presets.Named("quickstart").Cost.IsMeasured);
        Assert.False(Presets.Named("paper/resnet18-cifar10-mse").Cost.IsMeasured);
        Assert.All(Presets.All, preset => Assert.InRange(preset.Cost.Seconds, 1, 30 * 86_400));
    }
}
