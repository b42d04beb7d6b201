using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a run at the edge of stability, on both sides of its condition.</summary>
public class EdgeStoryTests
{
    private const double Threshold = 50;

    private const int First = 100;

    [Fact]
    public void The_step_at_which_the_edge_was_reached_is_stated()
    {
        Assert.StartsWith(
            "Gradient descent with learning rate 0.04 reached the edge of stability, a measured sharpness of 2/η = 50, at step 100.",
            Tracked(_ => { }), StringComparison.Ordinal);
        var beyond = WrittenStory.Of(EdgeSchema.Kind, run =>
        {
            run.Set(RunSchema.Threshold, Threshold);
            run.Set(EdgeSchema.InstabilityStep, 0);
        });
        Assert.StartsWith(
            "Gradient descent with learning rate 0.04 started beyond the edge of stability", beyond, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50.1, 55, "the sharpness stayed above 2/η, between 1.002 and 1.100 times 2/η")]
    [InlineData(35, 49.9, "the sharpness did not exceed 2/η: it was between 0.700 and 0.998 times 2/η")]
    [InlineData(35, 50, "the sharpness did not exceed 2/η: it was between 0.700 and 1.000 times 2/η")]
    [InlineData(35, 52, "the sharpness was above 2/η at 1 of 10 measured steps, and between 0.700 and 1.040 times 2/η")]
    public void The_position_relative_to_the_edge_is_that_of_the_series(double least, double most, string sentence) =>
        Assert.Contains(
            sentence,
            Tracked(run =>
            {
                run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [2, 1]);
                Sharpness(run, [.. Enumerable.Repeat(least, 9), most]);
            }),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(2, 1, "the loss fell from 2 to 1;")]
    [InlineData(1, 2, "the loss rose from 1 to 2;")]
    [InlineData(1, double.PositiveInfinity, "the loss rose from 1 to a non-finite value;")]
    [InlineData(1, double.NaN, "the loss went from 1 to a non-finite value;")]
    [InlineData(1, 1, "the loss went from 1 to 1;")]
    public void The_loss_fell_or_rose(double from, double to, string sentence)
    {
        var story = Tracked(run =>
        {
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [from, from, to]);
            Sharpness(run, [40, 40, 40]);
        });
        Assert.Contains("In the 2 steps that followed, " + sentence, story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { 49, 49, 52, 52, 48, 48 }, "once, at step 105.")]
    [InlineData(new double[] { 52, 52, 48, 48, 52, 52, 48, 48 }, "2 times, on average every 4 steps.")]
    // Within 0.5 % of 2/eta, and only below, and without a return.
    [InlineData(new double[] { 50.2, 50.2, 49.8, 49.8 }, null)]
    [InlineData(new double[] { 40, 40, 45, 45 }, null)]
    [InlineData(new double[] { 52, 52, 53, 53 }, null)]
    // Alternation from step to step is not a return.
    [InlineData(new double[] { 45, 55, 45, 55, 45, 55 }, null)]
    public void Returns_below_the_edge_are_counted_in_means_of_two(double[] sharpness, string? sentence)
    {
        var story = Tracked(run => Sharpness(run, sharpness));
        Assert.Equal(sentence is not null, story.Contains("fell below it again", StringComparison.Ordinal));
        if (sentence is not null)
            Assert.Contains(
                "Averaged over two measurements, the sharpness rose above 2/η and fell below it again " + sentence,
                story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.6, 0.85, "catapult")]
    [InlineData(1.6, 0.95, "spike without a measured fall")]
    [InlineData(1.4, 0.85, null)]
    public void A_spike_of_the_loss_is_a_catapult_if_the_sharpness_fell(double rise, double fall, string? word)
    {
        var story = Tracked(run =>
        {
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [1, 1, 1, rise, rise, rise, 0.9, 0.8, 0.8]);
            Sharpness(run, [55, 55, 55, 55, 55, 55 * fall, 55 * fall, 55 * fall, 55 * fall]);
        });
        Assert.Equal(word == "catapult", story.Contains("catapult", StringComparison.Ordinal));
        Assert.Equal(word is not null and not "catapult", story.Contains("without a measured fall", StringComparison.Ordinal));
        if (word != "catapult") return;
        Assert.Contains(
            "There was one catapult, a spike of the loss with a fall of the sharpness:"
                + " the loss rose from 1 at step 100 to 1.6 at step 103 and fell again,"
                + " and the sharpness fell from 1.100 times 2/η to 0.935 times 2/η.",
            story, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catapult_before_the_edge_is_found_between_two_checks_of_the_sharpness()
    {
        var story = Tracked(run =>
        {
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), 0, [1, 1, 1, 3, 9, 3, 0.9, 0.8, 0.8]);
            run.Add(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 0, 49);
            run.Add(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 8, 20);
        });
        Assert.Contains(
            "the loss rose from 1 at step 0 to 9 at step 4 and fell again, and the sharpness fell from 0.980 times 2/η to 0.400 times 2/η.",
            story, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_catapults_are_counted_and_the_largest_is_described()
    {
        var story = Tracked(run =>
        {
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [1, 1, 2, 2, 1, 1, 4, 4, 1, 1]);
            Sharpness(run, [60, 60, 60, 60, 40, 60, 60, 60, 40, 40]);
        });
        Assert.Contains(
            "There were 2 catapults, spikes of the loss with a fall of the sharpness; in the largest the loss rose from 1",
            story, StringComparison.Ordinal);
        Assert.Contains(" to 4 at step 106 and fell again", story, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_has_not_fallen_again_is_not_a_spike() => Assert.DoesNotContain(
        "spike",
        Tracked(run =>
        {
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [1, 1, 2, 4, 8, 16]);
            Sharpness(run, [60, 60, 60, 60, 40, 30]);
        }),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("loss: cross-entropy", true, true)]
    [InlineData("loss: logistic", true, true)]
    [InlineData("loss: mse", true, false)]
    [InlineData("loss: cross-entropy", false, false)]
    public void A_fall_at_the_end_is_stated_and_is_normal_for_cross_entropy(string experiment, bool falls, bool isNormal)
    {
        var story = Tracked(run =>
        {
            run.Set(RunSchema.Experiment, $"study: edge\n{experiment}\nseed: 0\n");
            run.Add(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 0, 10);
            Sharpness(run, Enumerable.Range(0, 100).Select(i => falls && i > 50 ? 50 - (0.4 * (i - 50)) : 51));
        });
        Assert.Equal(falls, story.Contains(
            "Progressive sharpening raised the sharpness from 0.200 times 2/η at step 0 to 1.020 times at step 101;"
                + " at the end it was falling, to",
            StringComparison.Ordinal));
        Assert.Equal(
            isNormal,
            story.Contains("With cross-entropy a fall of the sharpness at the end of training is normal", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10, 0.4, true)]
    // From beyond the edge; and the end at the edge.
    [InlineData(50.5, 0.4, false)]
    [InlineData(10, 0.1, false)]
    public void A_fall_at_the_end_starts_and_ends_below_the_edge(double first, double slope, bool isStated) => Assert.Equal(
        isStated,
        Tracked(run =>
        {
            run.Add(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 0, first);
            Sharpness(run, Enumerable.Range(0, 100).Select(i => i > 50 ? 50 - (slope * (i - 50)) : 56));
        }).Contains("Progressive sharpening", StringComparison.Ordinal));

    [Theory]
    [InlineData(
        new double[] { 40, 45, 49 },
        "The sharpness of gradient flow did not exceed 2/η; it was at most 0.980 times 2/η, at step 102, and 0.980 times at the end.")]
    [InlineData(
        new double[] { 51, 75, 60 },
        "The sharpness of gradient flow stayed above 2/η; it was at most 1.500 times 2/η, at step 101, and 1.200 times at the end.")]
    [InlineData(
        new double[] { 49, 75, 40 },
        "The sharpness of gradient flow was above 2/η at 1 of 3 measured steps, at most 1.500 times 2/η,"
            + " at step 101, and 0.800 times at the end.")]
    public void The_sharpness_of_the_flow_is_that_of_its_series(double[] flow, string sentence) =>
        Assert.Contains(
            sentence, Tracked(run => run.Series(new(EdgeSchema.Flow, EdgeSchema.Sharpness), First, flow)), StringComparison.Ordinal);

    [Theory]
    [InlineData(new double[] { 0, 0, 0 }, "was never active: its sharpness was between 0.700 and 0.900 times 2/η.", false)]
    [InlineData(
        new double[] { 1, 1, 2 },
        "was active at all 3 tracked steps. While it was active, its sharpness differed from 2/η by at most 0.3 of it",
        true)]
    [InlineData(
        new double[] { 0, 1, 0 },
        "was active at 1 of 3 tracked steps; at the others its sharpness was between 0.700 and 0.900 times 2/η."
            + " While it was active, its sharpness differed from 2/η by at most 0.2 of it,"
            + " and the part of the gradient along u was at most 0.02 of its norm.",
        true)]
    public void The_constraint_held_only_where_it_was_active(double[] held, string sentence, bool isActive)
    {
        var story = Tracked(run =>
        {
            run.Series(EdgeSchema.Held, First, held);
            run.Series(new(EdgeSchema.Constrained, EdgeSchema.Sharpness), First, [35, 40, 45]);
            run.Series(EdgeSchema.AlignmentError, First, [0.1, 0.02, 0.1]);
        });
        Assert.Contains(
            "The constraint of the constrained trajectory, a sharpness of at most 2/η, " + sentence, story, StringComparison.Ordinal);
        Assert.Equal(isActive, story.Contains("While it was active", StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_direction_is_stated_where_it_is_followed()
    {
        Assert.Contains(
            "At step 102 a second direction joined those that the constrained trajectory follows; at most 3 were followed at once.",
            Tracked(run => run.Series(EdgeSchema.Directions, First, [1, 1, 2, 3, 1])), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "second direction", Tracked(run => run.Series(EdgeSchema.Directions, First, [1, 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_the_predictions_are_those_of_the_series()
    {
        var story = Tracked(run =>
        {
            run.Set(EdgeSchema.PredictionWindow, 2);
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), First, [2, 1, 1]);
            Sharpness(run, [50, 50, 50]);
            run.Series(new(EdgeSchema.Predicted, EdgeSchema.Loss), First, [2, 1.1, 2]);
            run.Series(new(EdgeSchema.Predicted, EdgeSchema.Sharpness), First, [50, 51, 60]);
            run.Series(new(EdgeSchema.Generalized, EdgeSchema.Loss), First, [2, 1]);
            run.Series(new(EdgeSchema.Generalized, EdgeSchema.Sharpness), First, [50, 52]);
            run.AddEvent(102, EdgeSchema.LostEvent, "generalized: its displacement is longer than theta");
        });
        Assert.Contains(
            "Over the first 2 measured steps the predicted sharpness differed from that of gradient descent"
                + " by 1.00 % on average and 2.00 % at most (relative to 2/η),"
                + " and the predicted loss by 5.00 % on average and 10.00 % at most (relative to the loss).",
            story, StringComparison.Ordinal);
        Assert.Contains(
            "Over all 3 measured steps the sharpness differed by 7.33 % on average and 20.00 % at most.", story, StringComparison.Ordinal);
        Assert.Contains(
            "The generalized prediction of the sharpness, over the first 2 measured steps,"
                + " differed by 2.00 % on average and 4.00 % at most.",
            story, StringComparison.Ordinal);
        Assert.Contains(
            "A prediction ended at step 102 (generalized: its displacement is longer than theta).", story, StringComparison.Ordinal);
        Assert.DoesNotContain("predict", Tracked(run => Sharpness(run, [50])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_below_the_edge_states_the_largest_sharpness_that_was_measured()
    {
        var story = WrittenStory.Of(EdgeSchema.Kind, Write, RunStatus.Stable);
        Assert.Equal(
            "Gradient descent with learning rate 0.04 did not reach the edge of stability in 2 steps:"
                + " the largest measured sharpness was 0.800 times 2/η = 50, the last one 0.600 times.",
            story);
        Assert.Equal("The run ended early: the loss was NaN.", WrittenStory.Of(EdgeSchema.Kind, run =>
        {
            Write(run);
            run.Set(RunSchema.Message, "the loss was NaN");
        }, RunStatus.Diverged));
        Assert.Equal("The run has not reached the edge of stability yet.", WrittenStory.Of(EdgeSchema.Kind, _ => { }, RunStatus.Running));

        static void Write(RunWriter run)
        {
            run.Set(RunSchema.Threshold, Threshold);
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), 0, [3, 2, 1]);
            run.Series(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 0, [20, 40, 30]);
        }
    }

    private static string Tracked(Action<RunWriter> write) => WrittenStory.Of(EdgeSchema.Kind, run =>
    {
        run.Set(RunSchema.Threshold, Threshold);
        run.Set(EdgeSchema.InstabilityStep, First);
        write(run);
    });

    private static void Sharpness(RunWriter run, IEnumerable<double> values) =>
        run.Series(new(EdgeSchema.Descent, EdgeSchema.Sharpness), First, values);
}
