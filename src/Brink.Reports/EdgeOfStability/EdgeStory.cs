using Brink.Runs;

namespace Brink.Reports;

/// <summary>Sentences about a run at the edge of stability.</summary>
public static class EdgeStory
{
    /// <summary>Hysteresis, as a share of 2/eta: a smaller excess sharpness counts as being at the edge.</summary>
    public const double Hysteresis = 0.005;

    /// <summary>Returns the steps at which the excess sharpness fell through zero: the ends of the bursts in which
    /// self-stabilization reduced the sharpness below 2/eta again.</summary>
    /// <param name="excess">Sharpness less 2/eta.</param>
    /// <param name="threshold">2/eta.</param>
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
        if (manifest.Get(RunSchema.Threshold) is { } threshold)
        {
            var at = new EdgeMeasurements(run, manifest, threshold);
            if (manifest.Get(EdgeSchema.InstabilityStep) is not { } step) return DescentSentences.BelowTheEdge(at);
            return
            [
                Reached(step, threshold),
                .. DescentSentences.AtTheEdge(at),
                .. OtherTrajectorySentences.Of(at),
                .. PredictionSentences.Of(at),
            ];
        }
        return manifest.Status == RunStatus.Running.Name() ? ["The run has not reached the edge of stability yet."] : [];
    }

    private static string Reached(long step, double threshold) => step > 0
        ? $"Gradient descent with learning rate {Story.N(2 / threshold)} reached the edge of stability, a measured sharpness of 2/η ="
            + $" {Story.N(threshold)}, at step {Story.N(step)}."
        : $"Gradient descent with learning rate {Story.N(2 / threshold)} started beyond the edge of stability:"
            + $" the sharpness at the midpoint of its first step is at least 2/η = {Story.N(threshold)}.";
}
