using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a run on a landscape.</summary>
internal static class LandscapeStory
{
    public static IEnumerable<string> Of(RunReader run)
    {
        var manifest = run.Manifest();
        if (manifest.Get(LandscapeSchema.Landscape) is not { } landscape) yield break;
        yield return $"{landscape}: {manifest.Get(LandscapeSchema.Summary)}.";
        if (manifest.Get(RunSchema.LearningRate) is { } eta && manifest.Get(RunSchema.Threshold) is { } threshold
            && manifest.Get(LandscapeSchema.DescentSteps) is { } steps && manifest.Get(LandscapeSchema.FinalSharpness) is { } sharpness)
        {
            var gap = (threshold - sharpness) / eta;
            yield return $"Gradient descent with η = {Story.N(eta)} " + manifest.Get(LandscapeSchema.Outcome) switch
            {
                LandscapeSchema.Converged => $"converged after {Story.N(steps)} steps to a minimum with a sharpness of"
                    + $" {sharpness.ToString("G7", CultureInfo.InvariantCulture)},"
                    + $" which is {gap.ToString("0.000", CultureInfo.InvariantCulture)} η below 2/η = {Story.N(threshold)}.",
                LandscapeSchema.OutOfSteps =>
                    $"had not converged after {Story.N(steps)} steps: the sharpness was {Story.Finite(sharpness)};"
                        + $" 2/η is {Story.N(threshold)}.",
                _ => $"diverged after {Story.N(steps)} steps.",
            };
            foreach (var sentence in SpikeSentences.Of(
                run.Points(LandscapeSchema.Loss),
                run.Points(LandscapeSchema.Sharpness),
                value => $"{Story.Times(value / threshold)} times 2/η"))
            {
                yield return sentence;
            }
        }
        if (manifest.Get(LandscapeSchema.LawCoefficient) is { } coefficient && manifest.Get(LandscapeSchema.LawError) is { } error)
        {
            yield return "Descents with several learning rates and starts, extrapolated to η = 0, have a gap (2/η − S)/η between"
                + $" 2/η and the final sharpness S of {coefficient.ToString("0.0000", CultureInfo.InvariantCulture)} ± {Story.N(error)}.";
        }
        if (manifest.Get(LandscapeSchema.Thresholds) is { Count: 5 } thresholds)
        {
            var at = thresholds.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)).ToArray();
            yield return $"For fixed c and small η, the fixed point d = 1 becomes unstable at κ = {at[0]} and its cycle of two at"
                + $" {at[1]}; the period doublings accumulate at {at[2]}; d changes its sign from {at[3]} on and diverges from {at[4]} on.";
        }
        if (manifest.Get(LandscapeSchema.ConvergingShare) is { } share)
            yield return $"On the map {Story.Percent(share)} of the starts converged to a stable minimum.";
    }
}
