using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about a landscape, on both sides of its condition.</summary>
public class LandscapeStoryTests
{
    [Theory]
    [InlineData(
        "Converged", 19.95,
        "Gradient descent with η = 0.1 converged after 1,234 steps to a minimum with a sharpness of 19.95,"
            + " which is 0.500 η below 2/η = 20.")]
    [InlineData(
        "OutOfSteps", 19.5,
        "Gradient descent with η = 0.1 had not converged after 1,234 steps: the sharpness was 19.5; 2/η is 20.")]
    [InlineData("Diverged", double.NaN, "Gradient descent with η = 0.1 diverged after 1,234 steps.")]
    public void The_end_of_descent_is_its_outcome(string outcome, double sharpness, string sentence) =>
        Assert.Equal($"name: a summary. {sentence}", Of(run => Descent(run, outcome, sharpness)));

    [Theory]
    [InlineData(5, 10, "and the sharpness fell from 1.500 times 2/η to 0.500 times 2/η.")]
    [InlineData(5, 29, "without a measured fall of the sharpness")]
    [InlineData(1.1, 10, null)]
    public void A_catapult_is_stated(double peak, double after, string? part)
    {
        var story = Of(run =>
        {
            Descent(run, "Converged", 19.95);
            run.Series(LandscapeSchema.Loss, 0, [1, 1, peak, 0.5, 0.5]);
            run.Series(LandscapeSchema.Sharpness, 0, [30, 30, 30, after, after]);
        });
        Assert.Equal(part is not null, story.Contains("spike", StringComparison.Ordinal));
        if (part is not null) Assert.Contains(part, story, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_of_a_product_of_scalars_are_those_of_the_manifest()
    {
        var story = Of(run =>
        {
            run.Set(LandscapeSchema.LawCoefficient, 0.5);
            run.Set(LandscapeSchema.LawError, 0.002);
            run.Set(LandscapeSchema.Thresholds, [1, 1.2361, 1.2872, 1.5981, 2]);
            run.Set(LandscapeSchema.ConvergingShare, 0.9996);
        });
        Assert.Contains("have a gap (2/η − S)/η between 2/η and the final sharpness S of 0.5000 ± 0.002.", story, StringComparison.Ordinal);
        Assert.Contains(
            "the fixed point d = 1 becomes unstable at κ = 1.0000 and its cycle of two at 1.2361;"
                + " the period doublings accumulate at 1.2872;"
                + " d changes its sign from 1.5981 on and diverges from 2.0000 on.", story, StringComparison.Ordinal);
        Assert.Contains("On the map 100.0 % of the starts converged to a stable minimum.", story, StringComparison.Ordinal);
        Assert.DoesNotContain("Gradient descent", story, StringComparison.Ordinal);
    }

    private static string Of(Action<RunWriter> write) => WrittenStory.Of(LandscapeSchema.Kind, run =>
    {
        run.Set(LandscapeSchema.Landscape, "name");
        run.Set(LandscapeSchema.Summary, "a summary");
        write(run);
    });

    private static void Descent(RunWriter run, string outcome, double sharpness)
    {
        run.Set(RunSchema.LearningRate, 0.1);
        run.Set(RunSchema.Threshold, 20);
        run.Set(LandscapeSchema.DescentSteps, 1234);
        run.Set(LandscapeSchema.FinalSharpness, sharpness);
        run.Set(LandscapeSchema.Outcome, outcome);
    }
}
