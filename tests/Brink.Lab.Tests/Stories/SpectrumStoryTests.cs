using Brink.Runs;

namespace Brink.Lab.Tests.Stories;

/// <summary>Each sentence about an inspection, on both sides of its condition.</summary>
public class SpectrumStoryTests
{
    [Theory]
    [InlineData(5, 0.01, "The sharpness, the largest eigenvalue of the Hessian, is 5.")]
    [InlineData(0.01, 0.02, "The sharpness, the largest eigenvalue of the Hessian, is zero to within 0.02.")]
    [InlineData(-0.01, 0.02, "The sharpness, the largest eigenvalue of the Hessian, is zero to within 0.02.")]
    public void A_sharpness_within_its_bound_is_zero(double sharpness, double bound, string sentence) =>
        Assert.Contains(sentence, Of(sharpness, bound, 2 / sharpness), StringComparison.Ordinal);

    [Theory]
    [InlineData(0.4, "The curvature limits the learning rate of gradient descent to 0.4, which is 2 divided by the sharpness.")]
    [InlineData(
        double.PositiveInfinity,
        "No direction has a positive curvature here, so that the curvature does not limit the learning rate of gradient descent.")]
    [InlineData(double.NaN, null)]
    public void The_learning_rate_is_limited_by_a_positive_curvature_only(double step, string? sentence)
    {
        var story = Of(5, 0.01, step);
        Assert.Equal(sentence is not null, story.Contains("learning rate", StringComparison.Ordinal));
        if (sentence is not null) Assert.Contains(sentence, story, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0.1, "The most negative eigenvalue is -1; its magnitude is 0.2 times that of the sharpness.")]
    [InlineData(-0.05, 0.1, "No negative eigenvalue was found: the smallest is zero to within 0.1.")]
    [InlineData(0.05, 0.1, "No negative eigenvalue was found: the smallest is zero to within 0.1.")]
    [InlineData(0.5, 0.1, "No eigenvalue is negative: the smallest is 0.5.")]
    public void The_sign_of_the_smallest_eigenvalue_is_known_beyond_its_bound(
        double least, double bound, string sentence) => Assert.Contains(
        sentence, Of(5, 0.01, 0.4, run => run.Set(InspectionSchema.Bottom, [new(least, bound)])), StringComparison.Ordinal);

    [Fact]
    public void Without_a_sharpness_nothing_is_its_share() => Assert.Contains(
        "The most negative eigenvalue is -1.",
        Of(0.001, 0.01, double.PositiveInfinity, run => run.Set(InspectionSchema.Bottom, [new(-1, 0.1)])),
        StringComparison.Ordinal);

    [Fact]
    public void The_effective_rank_and_the_warm_up_are_those_of_the_manifest()
    {
        var story = Of(5, 0.01, 0.4, run =>
        {
            run.Set(InspectionSchema.EffectiveRank, 7.25);
            run.Set(InspectionSchema.WarmUp, new(null, 0.4, null, "it may rise to 0.4"));
        });
        Assert.Contains(
            "The magnitudes of all eigenvalues add up to about 7.25 times the largest of them (the effective rank).",
            story, StringComparison.Ordinal);
        Assert.Contains("Learning-rate warm-up: it may rise to 0.4.", story, StringComparison.Ordinal);
    }

    private static string Of(
        double sharpness, double bound, double step, Action<RunWriter>? write = null) => WrittenStory.Of(InspectionSchema.Kind, run =>
    {
        run.Set(InspectionSchema.Sharpness, sharpness);
        run.Set(InspectionSchema.LargestStableStep, step);
        run.Set(InspectionSchema.Top, [new(sharpness, bound)]);
        write?.Invoke(run);
    });
}
