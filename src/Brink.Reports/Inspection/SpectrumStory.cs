using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about an inspection.</summary>
internal static class SpectrumStory
{
    public static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Get(InspectionSchema.Sharpness) is not { } sharpness) yield break;
        if (manifest.Get(InspectionSchema.LargestStableStep) is not { } step) yield break;
        if (manifest.Get(RunSchema.Remark) is { } remark) yield return remark;
        var uncertain = manifest.Get(InspectionSchema.Top) is [var top, ..] ? top.Residual : 0;
        var isZero = Math.Abs(sharpness) <= uncertain;
        yield return isZero
            ? $"The sharpness, the largest eigenvalue of the Hessian, is zero to within {Story.N(uncertain)}."
            : $"The sharpness, the largest eigenvalue of the Hessian, is {Story.N(sharpness)}.";
        if (!double.IsNaN(step))
        {
            yield return double.IsPositiveInfinity(step)
                ? "No direction has a positive curvature here, so that the curvature does not limit the learning rate of gradient descent."
                : $"The curvature limits the learning rate of gradient descent to {Story.N(step)}, which is 2 divided by the sharpness.";
        }
        if (manifest.Get(InspectionSchema.WarmUp) is { } warmUp) yield return $"Learning-rate warm-up: {warmUp.Reason}.";
        if (manifest.Get(InspectionSchema.Bottom) is [var least, ..]) yield return Least(least, isZero ? null : sharpness);
        if (manifest.Get(InspectionSchema.EffectiveRank) is { } rank)
            yield return $"The magnitudes of all eigenvalues add up to about {Story.N(rank)} times the largest of them (the effective"
                + " rank).";
    }

    /// <summary>An eigenvalue whose magnitude is at most its bound has no known sign.</summary>
    private static string Least(EigenvalueBound least, double? sharpness) => least.Significant() switch
    {
        < 0 and var value => $"The most negative eigenvalue is {Story.N(value)}"
            + (sharpness is { } top ? $"; its magnitude is {Story.N(-value / Math.Abs(top))} times that of the sharpness." : "."),
        > 0 and var value => $"No eigenvalue is negative: the smallest is {Story.N(value)}.",
        _ => $"No negative eigenvalue was found: the smallest is zero to within {Story.N(least.Residual)}.",
    };
}
