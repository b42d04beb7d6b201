using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a monitored training, on both sides of its condition.</summary>
public class MonitorStoryTests
{
    [Theory]
    [InlineData(
        new double[] { 1, 2, 1.5 },
        "The effective sharpness did not exceed 2, the edge of stability: it was at most 2, at step 10.")]
    [InlineData(
        new double[] { 1, 2.1, 3 },
        "The effective sharpness passed the edge of stability, 2, at step 10;"
            + " it was above it in 2 of 3 measurements, and at most 3, at step 20.")]
    [InlineData(
        new double[] { 1, 2.1, double.NaN },
        "The effective sharpness passed the edge of stability, 2, at step 10;"
            + " it was above it in 1 of 2 measurements, and at most 2.1, at step 10.")]
    public void The_effective_sharpness_passed_the_edge_where_the_series_does(double[] effective, string sentence) =>
        Assert.Contains(sentence, Of(run => Write(run, effective, [1, 1, 1])), StringComparison.Ordinal);

    [Theory]
    [InlineData(new double[] { 1, 1, 1 }, null)]
    [InlineData(new double[] { 1, double.NaN, 1 }, "The curvature was not finite in 1 of 3 measurements, the first time at step 10.")]
    [InlineData(
        new double[] { double.PositiveInfinity, double.NaN, 1 },
        "The curvature was not finite in 2 of 3 measurements, the first time at step 0.")]
    public void Measurements_without_a_finite_curvature_are_counted(double[] effective, string? sentence)
    {
        var story = Of(run => Write(run, effective, [1, 1, 1]));
        Assert.Equal(sentence is not null, story.Contains("not finite", StringComparison.Ordinal));
        if (sentence is not null) Assert.Contains(sentence, story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, "In 3 measurements until step 20 the loss on the probe went from 1 to 0.5.")]
    [InlineData(double.NaN, "In 3 measurements until step 20 the loss on the probe went from 1 to a non-finite value.")]
    public void The_loss_is_that_of_the_first_and_the_last_measurement(double last, string sentence) =>
        Assert.Contains(sentence, Of(run => Write(run, [1, 1, 1], [1, 1, last])), StringComparison.Ordinal);

    [Theory]
    [InlineData(0.25, "The largest stable learning rate at the last measurement was 0.25.")]
    [InlineData(double.NaN, "The largest stable learning rate at the last measurement is not known.")]
    [InlineData(
        double.PositiveInfinity,
        "No direction had a positive curvature at the last measurement, so that the curvature does not limit the learning rate.")]
    public void The_largest_stable_learning_rate_is_that_of_the_last_measurement(double rate, string sentence) => Assert.Contains(
        sentence,
        Of(run =>
        {
            Write(run, [1, 1, 1], [1, 1, 1]);
            run.Series(MonitorSchema.LargestStableLearningRate, 0, [7, rate]);
        }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(50L, "A warm-up to 0.2 may end at step 50: why.")]
    [InlineData(null, "A warm-up to 0.2 has no predicted end: why.")]
    public void The_end_of_a_warm_up_is_stated_only_if_it_is_predicted(long? end, string sentence) => Assert.Contains(
        sentence,
        Of(run =>
        {
            Write(run, [1, 1, 1], [1, 1, 1]);
            run.Set(MonitorSchema.WarmUp, new(0.2, 0.3, end, "why"));
        }),
        StringComparison.Ordinal);

    [Fact]
    public void A_catapult_and_the_share_of_the_measurements_are_stated()
    {
        var story = Of(run =>
        {
            Write(run, [1, 1, 1, 1, 1], [1, 1, 5, 0.5, 0.5]);
            run.Series(MonitorSchema.Sharpness, 0, [0]);
            foreach (var (i, value) in new double[] { 30, 30, 30, 10, 10 }.Index()) run.Add(MonitorSchema.Sharpness, 10 * i, value);
            run.Series(MonitorSchema.OverheadSeries, 0, [0.3, 0.051]);
        });
        Assert.Contains(
            "the loss rose from 1 at step 0 to 5 at step 20 and fell again, and the sharpness fell from 30 to 10.",
            story, StringComparison.Ordinal);
        Assert.Contains("The measurements took 5.1 % of the time.", story, StringComparison.Ordinal);
    }

    private static string Of(Action<RunWriter> write) => WrittenStory.Of(MonitorSchema.Kind, write);

    private static void Write(RunWriter run, double[] effective, double[] loss)
    {
        foreach (var (i, value) in effective.Index()) run.Add(MonitorSchema.EffectiveSharpness, 10 * i, value);
        foreach (var (i, value) in loss.Index()) run.Add(MonitorSchema.Loss, 10 * i, value);
    }
}
