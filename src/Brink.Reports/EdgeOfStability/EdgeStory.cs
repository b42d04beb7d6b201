using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a run at the edge of stability.</summary>
public static class EdgeStory
{
    /// <summary>Hysteresis, as a share of 2/eta: a smaller excess sharpness counts as being at the edge.</summary>
    private const double Hysteresis = 0.005;

    /// <summary>Returns the steps at which the excess sharpness y fell through zero: the ends of the bursts in which
    /// self-stabilization reduced the sharpness below 2/eta again.</summary>
    public static IReadOnlyList<long> Returns(IReadOnlyList<SeriesPoint> excess, double threshold)
    {
        var returns = new List<long>();
        var (above, crossed) = (false, 0L);
        for (var i = 0; i < excess.Count; i++)
        {
            var y = excess[i].Value / threshold;
            if (above && y < 0 && crossed == 0) crossed = excess[i].Step;
            if (y > Hysteresis) (above, crossed) = (true, 0);
            if (!above || y >= -Hysteresis) continue;
            returns.Add(crossed);
            (above, crossed) = (false, 0);
        }
        return returns;
    }

    internal static IEnumerable<string> Of(RunReader run)
    {
        var manifest = run.Manifest();
        if (manifest.Get(EdgeSchema.InstabilityStep) is { } step && manifest.Get(RunSchema.Threshold) is { } threshold)
            return AtTheEdge(run, manifest, step, threshold);
        return manifest.Status == RunStatus.Running.Name() ? ["The run has not reached the edge of stability yet."] : [];
    }

    private static IEnumerable<string> AtTheEdge(
        RunReader run, RunManifest manifest, long step, double threshold)
    {
        var eta = 2 / threshold;
        yield return step > 0
            ? $"Gradient descent with learning rate {Story.N(eta)} reached the edge of stability,"
                + $" a sharpness of 2/η = {Story.N(threshold)}, at step {Story.N(step)}."
            : $"With learning rate {Story.N(eta)} gradient descent started beyond the edge of stability:"
                + $" its first step already met a sharpness above 2/η = {Story.N(threshold)}.";

        var loss = run.Points(EdgeSchema.Descent, EdgeSchema.Loss).Where(point => point.Step >= step).ToArray();
        var returns = Returns(run.Points(EdgeSchema.Descent, EdgeSchema.Y), threshold);
        if (loss.Length > 1)
        {
            var often = returns.Count switch
            {
                0 => "it stayed above or near 2/η without a full burst",
                1 => $"it rose above 2/η and was pushed back below once, at step {returns[0]}",
                _ =>
                    $"it rose above 2/η and was pushed back below {returns.Count} times, about every"
                        + $" {Story.N(Math.Round((returns[^1] - returns[0]) / (returns.Count - 1.0)))} steps",
            };
            yield return $"In the {loss.Length - 1} steps that followed, {often},"
                + $" while the loss went from {Story.N(loss[0].Value)} to {Story.N(loss[^1].Value)}.";
        }
        var directions = run.Points(EdgeSchema.Directions);
        if (directions.FirstOrDefault(point => point.Value > 1) is { } several)
        {
            yield return $"At step {several.Step} a second direction became unstable as well;"
                + $" at most {Story.N(directions.Max(point => point.Value))} were at once.";
        }
        if (run.Points(EdgeSchema.Flow, EdgeSchema.Sharpness) is [.., var flow])
        {
            yield return "Gradient flow, which nothing holds back, went to a sharpness of"
                + $" {Story.N(flow.Value)}, {Story.N(flow.Value / threshold)} times 2/η.";
        }
        foreach (var lost in run.Events().Where(e => e.Kind == EdgeSchema.LostEvent))
            yield return $"At step {lost.Step} a prediction was lost ({lost.Message}).";
        if (manifest.Get(EdgeSchema.MaxConstraintError) is { } constraint
            && manifest.Get(EdgeSchema.MaxAlignmentError) is { } alignment)
        {
            yield return $"The constrained trajectory held the sharpness at 2/η to {Story.N(constraint)} of it,"
                + $" and the gradient at right angles to u to {Story.N(alignment)} of its norm.";
        }
        if (manifest.Get(EdgeSchema.PredictionErrorMean) is { } mean
            && manifest.Get(EdgeSchema.PredictionErrorMax) is { } max)
        {
            yield return "Over the first"
                + $" {Story.N(Math.Min(manifest.Get(EdgeSchema.PredictionWindow) ?? loss.Length, loss.Length))}"
                + $" of these steps the predicted sharpness was off by {P(mean)} of 2/η on average"
                + $" and {P(max)} at most"
                + (manifest.Get(EdgeSchema.GeneralizedErrorMean) is { } generalized
                    ? $"; the generalized prediction by {P(generalized)} on average."
                    : ".");
        }
    }

    private static string P(double share) => share.ToString("0.00 %", CultureInfo.InvariantCulture);
}
