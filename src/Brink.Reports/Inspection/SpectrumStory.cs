using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about an inspection.</summary>
internal static class SpectrumStory
{
    public static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Get(InspectionSchema.Sharpness) is not { } sharpness || manifest.Get(InspectionSchema.LargestStableStep) is not { } step) yield break;
        if (manifest.Get(RunSchema.Remark) is { } remark) yield return remark;
        var uncertain = manifest.Get(InspectionSchema.Top) is [var top, ..] ? top.Residual : 0;
        var isZero = Math.Abs(sharpness) <= uncertain;
        yield return isZero
            ? $"The sharpness, the largest eigenvalue of the Hessian, is zero to within {Story.N(uncertain)}."
            : $"The sharpness, the largest eigenvalue of the Hessian, is {Story.N(sharpness)}.";
        yield return double.IsPositiveInfinity(step)
            ? "Nothing curves upwards here: gradient descent is stable at any learning rate."
            : $"Gradient descent is stable up to a learning rate of {Story.N(step)}.";
        if (manifest.Get(InspectionSchema.WarmUp) is { } warmUp) yield return $"A warm-up: {warmUp.Reason}.";
        if (manifest.Get(InspectionSchema.Bottom) is [{ Value: < 0 and var least }, ..])
        {
            yield return $"The most negative curvature is {Story.N(least)}" + (isZero ? "." : $", {Story.N(-least / Math.Abs(sharpness))} of the sharpness in magnitude.");
        }
        if (manifest.Get(InspectionSchema.EffectiveRank) is { } rank)
            yield return $"The spectrum weighs as much as {Story.N(rank)} eigenvalues of the largest magnitude.";
    }
}
