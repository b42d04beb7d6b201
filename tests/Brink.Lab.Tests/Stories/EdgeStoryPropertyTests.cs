using System.Text.RegularExpressions;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Random series: whatever the story claims is computed from the series again, in another way.</summary>
public class EdgeStoryPropertyTests
{
    private const double Threshold = 50;

    private const int First = 20, Rounds = 300;

    // Half a unit of the last digit that is printed, of multiples of 2/eta and of percentages.
    private const double Ratio = 0.5001e-3, Share = 0.5001e-4;

    [Fact]
    public void No_sentence_contradicts_its_series()
    {
        for (var seed = 0; seed < Rounds; seed++)
        {
            var drawn = Drawn.Of(new Random(seed));
            var story = WrittenStory.Of(EdgeSchema.Kind, drawn.Write);
            try
            {
                CheckPosition(story, drawn);
                CheckReturns(story, drawn);
                CheckSpikes(story, drawn);
                CheckFallAtTheEnd(story, drawn);
                CheckFlow(story, drawn);
                CheckConstraint(story, drawn);
                CheckPredictions(story, drawn);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {story}", e);
            }
        }
    }

    private static void CheckPosition(string story, Drawn drawn)
    {
        double[] finite = [.. drawn.Sharpness.Where(double.IsFinite)];
        var range = story.Stated(
            @"the sharpness (?:stayed above 2/η,|did not exceed 2/η: it was|was above 2/η at [\d,]+ of [\d,]+ measured steps, and)"
                + @" between (\S+) and (\S+) times 2/η");
        Assert.Equal(finite.Length > 0 ? 2 : 0, range.Length);
        if (finite.Length == 0) return;
        Assert.Equal(finite.Min() / Threshold, range[0], Ratio);
        Assert.Equal(finite.Max() / Threshold, range[1], Ratio);
        Assert.Equal(finite.All(value => value > Threshold), story.Contains("; the sharpness stayed above 2/η", StringComparison.Ordinal));
        Assert.Equal(
            finite.All(value => value <= Threshold), story.Contains("; the sharpness did not exceed 2/η", StringComparison.Ordinal));
        if (story.Stated(@"; the sharpness was above 2/η at (\S+) of (\S+) measured") is [var above, var all])
            Assert.Equal((finite.Count(value => value > Threshold), finite.Length), (above, all));
        var (from, to) = (drawn.Loss[First], drawn.Loss[^1]);
        Assert.Equal(to < from, story.Contains("steps that followed, the loss fell from", StringComparison.Ordinal));
        Assert.Equal(to > from, story.Contains("steps that followed, the loss rose from", StringComparison.Ordinal));
    }

    private static void CheckReturns(string story, Drawn drawn)
    {
        double[] finite = [.. drawn.Sharpness.Where(double.IsFinite)];
        // A: above 2/eta by more than the hysteresis; B: below it by more; a return is a B after an A.
        var letters = string.Concat(finite.Zip(finite.Skip(1), (a, b) => ((a + b) / 2 / Threshold) - 1)
            .Select(y => y > EdgeStory.Hysteresis ? 'A' : y < -EdgeStory.Hysteresis ? 'B' : '.'));
        var returns = Regex.Count(letters, "A[^B]*B");
        Assert.Equal(returns == 1, story.Contains("fell below it again once", StringComparison.Ordinal));
        double[] several = returns > 1 ? [returns] : [];
        Assert.Equal(several, story.Stated(@"fell below it again (\S+) times"));
    }

    private static void CheckSpikes(string story, Drawn drawn)
    {
        var (loss, sharpness) = (drawn.Loss, drawn.Smooth());
        var rises = Enumerable.Range(2, loss.Length - 2).Any(j =>
            Enumerable.Range(1, j - 1).Any(i => loss[j - 1] + loss[j] >= 1.5 * (loss[i - 1] + loss[i])));
        var isSpike = story.Contains("spike", StringComparison.Ordinal);
        if (isSpike) Assert.True(rises);
        foreach (var spike in new[] { @"catapults?, .*? the loss", "without a measured fall .*? it" })
        {
            var stated = story.Stated(spike + @" rose from (\S+) at step (\S+) to (\S+) at step (\S+) and fell again");
            if (stated is not [var low, var lowStep, var high, var highStep]) continue;
            Assert.True(lowStep < highStep);
            var (before, peak) = (loss[(int)lowStep], loss[(int)highStep]);
            Assert.Equal(before, low, Printed(before));
            Assert.Equal(peak, high, Printed(peak));
            Assert.True(peak >= 1.5 * before);
            Assert.Contains(loss[(int)highStep..], value => value <= peak / 1.5);
        }
        var catapult = story.Stated(
            @"catapults?, .*? at step \S+ to \S+ at step (\S+) and fell again,"
                + @" and the sharpness fell from (\S+) times 2/η to (\S+) times 2/η");
        if (catapult is not [var top, var from, var to])
        {
            Assert.DoesNotContain("catapult", story, StringComparison.Ordinal);
            return;
        }
        Assert.True(to <= (0.9 * from) + (2 * Ratio));
        Assert.Contains(sharpness, point => point.Step <= top && Math.Abs((point.Value / Threshold) - from) <= Ratio);
        Assert.Contains(sharpness, point => point.Step >= top && Math.Abs((point.Value / Threshold) - to) <= Ratio);
    }

    private static void CheckFallAtTheEnd(string story, Drawn drawn)
    {
        var sharpness = drawn.Smooth();
        var stated = story.Stated(
            @"raised the sharpness from (\S+) times 2/η at step \S+ to (\S+) times at step \S+;"
                + @" at the end it was falling, to (\S+) times");
        if (stated is not [var first, var highest, var last])
        {
            Assert.DoesNotContain("Progressive sharpening", story, StringComparison.Ordinal);
            Assert.DoesNotContain("With cross-entropy", story, StringComparison.Ordinal);
            return;
        }
        Assert.Contains("With cross-entropy", story, StringComparison.Ordinal);
        var end = sharpness[^(sharpness.Length / 5)..];
        Assert.All(end.Append(sharpness[0]), point => Assert.True(point.Value <= Threshold));
        Assert.True(last <= (1 / 1.1) + Ratio);
        Assert.Equal(sharpness[0].Value / Threshold, first, Ratio);
        Assert.Equal(sharpness.Max(point => point.Value) / Threshold, highest, Ratio);
        Assert.True(highest >= (1.1 * first) - (3 * Ratio) && highest >= (1.1 * last) - (3 * Ratio));
        Assert.True(end[(end.Length / 2)..].Average(point => point.Value) <= end[..(end.Length / 2)].Average(point => point.Value));
    }

    private static void CheckFlow(string story, Drawn drawn)
    {
        var stated = story.Stated(
            @"The sharpness of gradient flow [^.]*? at most (\S+) times 2/η, at step (\S+), and (\S+) times at the end");
        Assert.Equal(drawn.Flow.Max() / Threshold, stated[0], Ratio);
        Assert.Equal(drawn.Flow.Max(), drawn.Flow[(int)stated[1] - First]);
        Assert.Equal(drawn.Flow[^1] / Threshold, stated[2], Ratio);
        Assert.Equal(drawn.Flow.Max() <= Threshold, story.Contains("gradient flow did not exceed 2/η", StringComparison.Ordinal));
        Assert.Equal(drawn.Flow.Min() > Threshold, story.Contains("gradient flow stayed above 2/η", StringComparison.Ordinal));
        if (story.Stated(@"gradient flow was above 2/η at (\S+) of (\S+) measured") is [var above, var all])
            Assert.Equal((drawn.Flow.Count(value => value > Threshold), drawn.Flow.Length), (above, all));
    }

    private static void CheckConstraint(string story, Drawn drawn)
    {
        var active = drawn.Held.Zip(drawn.Constrained).Where(pair => pair.First > 0).Select(pair => pair.Second).ToArray();
        Assert.Equal(active.Length == 0, story.Contains("2/η, was never active", StringComparison.Ordinal));
        double[] always = active.Length == drawn.Held.Length ? [active.Length] : [];
        double[] sometimes = active.Length > 0 && always.Length == 0 ? [active.Length, drawn.Held.Length] : [];
        Assert.Equal(always, story.Stated(@"2/η, was active at all (\S+) tracked steps"));
        Assert.Equal(sometimes, story.Stated(@"2/η, was active at (\d+) of (\d+) tracked steps"));
        if (active.Length == 0) Assert.DoesNotContain("While it was active", story, StringComparison.Ordinal);
        else
        {
            var error = active.Max(value => Math.Abs(value - Threshold)) / Threshold;
            Assert.Equal(error, story.Stated(@"its sharpness differed from 2/η by at most (\S+) of it")[0], Printed(error));
        }
    }

    private static void CheckPredictions(string story, Drawn drawn)
    {
        double[] errors =
        [
            .. drawn.Predicted.Zip(drawn.Sharpness)
                .Where(pair => double.IsFinite(pair.Second))
                .Select(pair => Math.Abs(pair.First - pair.Second) / Threshold),
        ];
        var stated = story.Stated(
            @"Over the first (\S+) measured steps the predicted sharpness differed from that of gradient descent by"
                + @" ([\d.]+ %) on average and ([\d.]+ %) at most");
        Assert.Equal(errors.Length > 0 ? 3 : 0, stated.Length);
        if (errors.Length == 0) return;
        Assert.Equal(errors.Length, stated[0]);
        Assert.Equal(errors.Average(), stated[1], Share);
        Assert.Equal(errors.Max(), stated[2], Share);
    }

    // Numbers have three digits, those below 0.001 two.
    private static double Printed(double value) => value * (value < 1e-3 ? 0.051 : 0.0051);

    /// <param name="Loss">Loss from step 0 on.</param>
    /// <param name="Midpoints">Sharpness before the edge, at every fifth step.</param>
    /// <param name="Sharpness">Sharpness of gradient descent from the edge on, as all that follow; NaN where it was not
    /// finite.</param>
    private sealed record Drawn(
        double[] Loss, double[] Midpoints, double[] Sharpness, double[] Flow, double[] Held, double[] Constrained, double[] Predicted)
    {
        public static Drawn Of(Random random)
        {
            var tracked = random.Next(2, 120);
            // Volatile and calm walks, near 2/eta, above and below it; with and without alternation from step to step.
            var sharpness =
                Walk(random, tracked, Threshold * (0.7 + (0.6 * random.NextDouble())), 0.2 * random.NextDouble() * random.NextDouble());
            if (random.Next(3) == 0) sharpness = [.. sharpness.Select((value, i) => value * (i % 2 == 0 ? 1.05 : 0.95))];
            if (random.Next(3) == 0) sharpness = [.. sharpness.Select((value, i) => value * (1.2 - (0.6 * i / tracked)))];
            if (random.Next(4) == 0) sharpness[random.Next(tracked)] = double.NaN;
            var held = Enumerable.Range(0, tracked).Select(_ => (double)random.Next(3)).ToArray();
            if (random.Next(3) == 0) Array.Fill(held, random.Next(2));
            return new(
                Walk(random, First + tracked, 1, 0.5 * random.NextDouble() * random.NextDouble()),
                Walk(random, First / 5, 20, 0.2),
                sharpness,
                Walk(random, tracked, Threshold * (0.8 + (0.5 * random.NextDouble())), 0.05 * random.NextDouble()),
                held,
                Walk(random, tracked, Threshold, 0.02),
                Walk(random, tracked, Threshold, 0.05));
        }

        /// <summary>Returns the sharpness at midpoints, then the means of each two.</summary>
        public SeriesPoint[] Smooth()
        {
            SeriesPoint[] finite =
                [.. Sharpness.Select((value, i) => new SeriesPoint(First + i, value)).Where(point => double.IsFinite(point.Value))];
            return
            [
                .. Midpoints.Select((value, i) => new SeriesPoint(5 * i, value)),
                .. Enumerable.Range(1, Math.Max(0, finite.Length - 1))
                    .Select(i => new SeriesPoint(finite[i].Step, (finite[i - 1].Value + finite[i].Value) / 2)),
            ];
        }

        public void Write(RunWriter run)
        {
            run.Set(RunSchema.Threshold, Threshold);
            run.Set(EdgeSchema.InstabilityStep, First);
            run.Set(RunSchema.Experiment, "study: edge\nloss: cross-entropy\n");
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Loss), 0, Loss);
            foreach (var (i, value) in Midpoints.Index()) run.Add(new(EdgeSchema.Descent, EdgeSchema.SharpnessMidpoint), 5 * i, value);
            run.Series(new(EdgeSchema.Descent, EdgeSchema.Sharpness), First, Sharpness);
            run.Series(new(EdgeSchema.Flow, EdgeSchema.Sharpness), First, Flow);
            run.Series(EdgeSchema.Held, First, Held);
            run.Series(new(EdgeSchema.Constrained, EdgeSchema.Sharpness), First, Constrained);
            run.Series(new(EdgeSchema.Predicted, EdgeSchema.Sharpness), First, Predicted);
            run.Series(new(EdgeSchema.Predicted, EdgeSchema.Loss), First, Loss[First..]);
        }

        private static double[] Walk(Random random, int count, double start, double spread)
        {
            var values = new double[count];
            var value = start;
            for (var i = 0; i < count; i++)
            {
                values[i] = value;
                value *= Math.Exp(spread * ((2 * random.NextDouble()) - 1));
            }
            return values;
        }
    }
}
