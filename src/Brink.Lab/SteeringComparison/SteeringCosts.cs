using Brink.Runs;

namespace Brink.Lab;

/// <summary>The gradients that trainings need to a target loss, relative to the best constant rate of the seed.</summary>
/// <param name="Targets">Target loss by seed; null where every constant rate diverged.</param>
/// <param name="BestMultiples">The multiple that reaches it first at a constant rate, by seed.</param>
/// <param name="Results">The results with their costs.</param>
internal sealed record SteeringCosts(
    IReadOnlyList<double?> Targets, IReadOnlyList<double?> BestMultiples, IReadOnlyList<SteeringResult> Results)
{
    // Of the gradients of a training: a target at the very end would be reached by the best rate alone.
    private const double Share = 2.0 / 3;

    /// <summary>Reads the losses of a run that is still written.</summary>
    public static SteeringCosts Of(RunWriter run, SteeringStudy study, IReadOnlyList<SteeringResult> results)
    {
        run.Commit();
        using var reader = RunReader.Open(run.Folder);
        var (targets, best, costs) = (new List<double?>(), new List<double?>(), new List<SteeringResult>());
        foreach (var ofSeed in results.GroupBy(result => result.Seed))
        {
            var constant = ofSeed
                .Where(result => result is { Policy: SteeringSchema.Constant, Diverged: false })
                .Select(result => (result.Multiple, Losses: Losses(result)))
                .ToArray();
            double? target = constant.Length == 0 ? null
                : constant.Min(one => one.Losses.Where(point => point.Step <= Share * study.Gradients).Min(point => point.Value));
            var fastest = constant
                .Select(one => (one.Multiple, Gradients: To(target!.Value, one.Losses)))
                .Where(one => one.Gradients is not null)
                .OrderBy(one => one.Gradients)
                .Select(one => ((double Multiple, double Gradients)?)(one.Multiple, one.Gradients!.Value))
                .FirstOrDefault();
            targets.Add(target);
            best.Add(fastest?.Multiple);
            foreach (var result in ofSeed)
            {
                var needed = target is { } loss && !result.Diverged ? To(loss, Losses(result)) : null;
                costs.Add(result with { GradientsToTarget = needed, RelativeCost = needed / fastest?.Gradients });
            }
        }
        return new(targets, best, costs);

        IReadOnlyList<SeriesPoint> Losses(SteeringResult result) =>
            reader.Points(SteeringSchema.Process(result.Policy, result.Multiple, result.Seed), SteeringSchema.Loss);
    }

    /// <summary>The first number of gradients at which the loss is at most a target; null if it never is.</summary>
    private static double? To(double target, IReadOnlyList<SeriesPoint> losses) =>
        losses.Where(point => point.Value <= target).Select(point => (double?)point.Step).FirstOrDefault();
}
