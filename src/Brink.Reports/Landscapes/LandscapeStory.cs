using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a run on a landscape.</summary>
internal static class LandscapeStory
{
    public static IEnumerable<string> Of(RunManifest manifest)
    {
        if (manifest.Get(LandscapeSchema.Landscape) is not { } landscape) yield break;
        yield return $"{landscape}: {manifest.Get(LandscapeSchema.Summary)}.";
        if (manifest.Get(RunSchema.LearningRate) is { } eta && manifest.Get(RunSchema.Threshold) is { } threshold
            && manifest.Get(LandscapeSchema.DescentSteps) is { } steps && manifest.Get(LandscapeSchema.FinalSharpness) is { } sharpness)
        {
            var gap = (threshold - sharpness) / eta;
            yield return manifest.Get(LandscapeSchema.Outcome) switch
            {
                LandscapeSchema.Converged => $"Gradient descent with η = {Story.N(eta)} came to rest after {Story.N(steps)} steps at a sharpness of"
                    + $" {sharpness.ToString("G7", CultureInfo.InvariantCulture)}, {Gap(gap)} below 2/η = {Story.N(threshold)}.",
                LandscapeSchema.OutOfSteps => $"Gradient descent with η = {Story.N(eta)} was still on its way after {Story.N(steps)} steps, at a sharpness of"
                    + $" {Story.N(sharpness)}; 2/η is {Story.N(threshold)}.",
                _ => $"Gradient descent with η = {Story.N(eta)} diverged after {Story.N(steps)} steps.",
            };
        }
        if (manifest.Get(LandscapeSchema.LawCoefficient) is { } coefficient && manifest.Get(LandscapeSchema.LawError) is { } error)
        {
            yield return "Over several learning rates and starts the final sharpness lies (2/η − S)/η ="
                + $" {coefficient.ToString("0.0000", CultureInfo.InvariantCulture)} ± {Story.N(error)} below the edge as η goes to 0.";
        }
        if (manifest.Get(LandscapeSchema.Thresholds) is { Count: 5 } thresholds)
        {
            var at = thresholds.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)).ToArray();
            yield return $"With c standing still and η small, d = 1 loses its stability at κ = {at[0]}, its cycle of two at {at[1]};"
                + $" the doublings end in chaos at {at[2]}, d changes its sign from {at[3]} on and escapes from {at[4]} on.";
        }
        if (manifest.Get(LandscapeSchema.ConvergingShare) is { } share)
            yield return $"Of the starts on the map {share.ToString("0 %", CultureInfo.InvariantCulture)} find a stable minimum.";
    }

    private static string Gap(double gap) => $"{gap.ToString("0.000", CultureInfo.InvariantCulture)} η";
}
