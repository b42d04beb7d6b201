using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a study of training speed, on both sides of its condition.</summary>
public class SpeedStoryTests
{
    [Fact]
    public void The_lowest_loss_and_the_best_accuracy_are_those_of_the_series()
    {
        var story = Of(run =>
        {
            Process(run, 0.1, loss: [2, 1], accuracy: [0.1, 0.6], sharpness: [5, 20]);
            Process(run, 0.2, loss: [2, 0.5], accuracy: [0.1, 0.7], sharpness: [5, 8]);
            Process(run, 0.4, loss: [2, 0.8], accuracy: [0.1, 0.7], sharpness: [5, 9]);
        });
        Assert.Contains(
            "After 10 steps, of 3 learning rates 0.2 had the lowest training loss, 0.5, and 0.2 and 0.4 the best test accuracy, 70.0 %.",
            story, StringComparison.Ordinal);
        var one = Of(run => Process(run, 0.1, loss: [2, 1], accuracy: [0.1, 0.6], sharpness: [5, 20]));
        Assert.Contains(
            "After 10 steps with learning rate 0.1 the training loss was 1 and the test accuracy 60.0 %.", one, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(17.9, "At the end the sharpness was more than 10 % below 2/η for η = 0.1.")]
    [InlineData(18.1, "At the end the sharpness was within 10 % of 2/η, the edge of stability, for η = 0.1.")]
    [InlineData(21.9, "At the end the sharpness was within 10 % of 2/η, the edge of stability, for η = 0.1.")]
    [InlineData(22.1, "At the end the sharpness was more than 10 % above 2/η for η = 0.1.")]
    public void The_place_of_the_sharpness_at_the_end_is_that_of_the_series(double sharpness, string sentence) => Assert.Contains(
        sentence, Of(run => Process(run, 0.1, loss: [2, 1], accuracy: [0.1, 0.6], sharpness: [5, sharpness])), StringComparison.Ordinal);

    [Fact]
    public void A_learning_rate_that_diverged_is_not_among_the_results()
    {
        var story = Of(run =>
        {
            Process(run, 0.1, loss: [2, 1], accuracy: [0.1, 0.6], sharpness: [5, 20]);
            Process(run, 5, loss: [2, 0.1], accuracy: [0.1, 0.9], sharpness: [5, 20]);
            run.Add(new(SpeedSchema.Process(5), SpeedSchema.TrainLoss), 13, double.NaN);
            run.AddEvent(13, RunSchema.DivergedEvent, "gd@5: loss NaN");
        });
        Assert.Contains("After 10 steps with learning rate 0.1 the training loss was 1", story, StringComparison.Ordinal);
        Assert.Contains("With η = 5 training diverged at step 13.", story, StringComparison.Ordinal);
        var none = Of(run =>
        {
            Process(run, 5, loss: [2, 0.1], accuracy: [0.1, 0.9], sharpness: [5, 20]);
            run.AddEvent(13, RunSchema.DivergedEvent, "gd@5: loss NaN");
        });
        Assert.Equal("With η = 5 training diverged at step 13.", none);
    }

    [Fact]
    public void The_flow_has_a_sentence_of_its_own()
    {
        var story = Of(run =>
        {
            Process(run, 0.1, loss: [2, 1], accuracy: [0.1, 0.6], sharpness: [5, 20]);
            Process(run, null, loss: [2, 0.3], accuracy: [0.1, 0.5], sharpness: [5, 100]);
        });
        Assert.Contains(
            "Steps of 1/S led to a training loss of 0.3, a sharpness of 100 and a test accuracy of 50.0 %.",
            story, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catapult_is_stated_with_its_learning_rate()
    {
        double[] loss = [1, 1, 4, 4, 0.5, 0.4], flat = [1, 1, 1.1, 1.1, 0.5, 0.4], sharpness = [30, 30, 30, 20, 10, 10];
        var story = Of(run =>
        {
            Process(run, 0.1, loss, [0, 0, 0, 0, 0, 0.5], sharpness);
            Process(run, 0.2, flat, [0, 0, 0, 0, 0, 0.5], sharpness);
        });
        Assert.Contains(
            "With η = 0.1 there was one catapult, a spike of the loss with a fall of the sharpness:"
                + " the loss rose from 1 at step 0 to 4 at step 20 and fell again,"
                + " and the sharpness fell from 1.500 times 2/η to 0.500 times 2/η.",
            story, StringComparison.Ordinal);
        Assert.DoesNotContain("With η = 0.2", story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 30, 0.2, true)]
    [InlineData(false, 30, 0.2, false)]
    [InlineData(true, 10, 0.2, false)]
    public void A_fall_at_the_end_is_stated_where_the_series_shows_it(bool falls, int evaluations, double rate, bool isStated)
    {
        double[] sharpness =
            [.. Enumerable.Range(0, evaluations).Select(i => i < evaluations / 2 || !falls ? 2 + (0.5 * i) : 9 - (0.2 * i))];
        var story = Of(run =>
        {
            run.Set(RunSchema.Experiment, "study: speed\nloss: cross-entropy\n");
            Process(run, rate, [.. Enumerable.Repeat(1.0, evaluations)], [.. Enumerable.Repeat(0.5, evaluations)], sharpness);
        });
        Assert.Equal(
            isStated,
            story.Contains(
                "Progressive sharpening raised the sharpness, which at the end was falling and below 2/η, for η = 0.2.",
                StringComparison.Ordinal));
        Assert.Equal(isStated, story.Contains("With cross-entropy", StringComparison.Ordinal));
    }

    private static string Of(Action<RunWriter> write) => WrittenStory.Of(SpeedSchema.Kind, write);

    /// <summary>Writes the evaluations of a process, ten steps apart.</summary>
    private static void Process(RunWriter run, double? rate, double[] loss, double[] accuracy, double[] sharpness)
    {
        var name = rate is { } value ? SpeedSchema.Process(value) : SpeedSchema.Flow;
        for (var i = 0; i < loss.Length; i++)
        {
            run.Add(new(name, SpeedSchema.TrainLoss), 10 * i, loss[i]);
            run.Add(new(name, SpeedSchema.TestAccuracy), 10 * i, accuracy[i]);
            run.Add(new(name, SpeedSchema.Sharpness), 10 * i, sharpness[i]);
        }
    }
}
