using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of learning-rate policies: results against the rate, then loss and rate of the first seed over the gradients
/// used.</summary>
internal static class SteeringFigures
{
    public const string DivergedName = "steering_diverged", CostName = "steering_cost", FinalLossName = "steering_final_loss",
        AccuracyName = "steering_accuracy", LossName = "steering_loss", RateName = "steering_rate";

    private const string Multiple = "rate / critical rate";

    public static IReadOnlyList<Figure> Of(RunCurves curves)
    {
        var results = curves.Run.Manifest().Get(SteeringSchema.Results) ?? [];
        if (results.Count == 0) return [];
        string[] policies = [.. results.Select(result => result.Policy).Distinct()];
        return [.. OverRates(results, policies), .. OverGradients(curves, results, policies)];
    }

    private static IEnumerable<Figure> OverRates(IReadOnlyList<SteeringResult> results, string[] policies)
    {
        yield return Against(DivergedName, "Trainings that diverge", "share", summary => (double)summary.Diverged / summary.Results.Count);
        yield return Against(
            CostName, "Gradients to the target loss", "relative to the best constant rate", summary => summary.MedianCost) with
        {
            Log = true,
            Level = new(1, ""),
        };
        yield return Against(FinalLossName, "Training loss at the end", "median loss", summary => summary.MedianLoss) with { Log = true };
        yield return Against(AccuracyName, "Test accuracy at the end", "median accuracy", summary => summary.MedianAccuracy);

        Figure Against(string name, string title, string label, Func<PolicySummary, double?> value) => new(
            name,
            title,
            Multiple,
            label,
            [.. policies.Select((policy, i) => OfPolicy(policy, i, value)).Where(curve => curve.X.Count > 0)])
        {
            LogX = true,
        };

        Curve OfPolicy(string policy, int i, Func<PolicySummary, double?> value)
        {
            var points = results
                .Where(result => result.Policy == policy)
                .GroupBy(result => result.Multiple)
                .OrderBy(group => group.Key)
                .Select(group => (X: group.Key, Y: value(new(policy, [.. group]))))
                .Where(point => point.Y is not null)
                .ToArray();
            return new(policy, Colour(policy, i), [.. points.Select(point => point.X)], [.. points.Select(point => point.Y!.Value)])
            {
                Marked = true,
                Dash = Pattern(i),
            };
        }
    }

    private static IEnumerable<Figure> OverGradients(RunCurves curves, IReadOnlyList<SteeringResult> results, string[] policies)
    {
        var seed = results[0].Seed;
        var largest = results.Max(result => result.Multiple);
        yield return Over(LossName, $"Loss from {Story.N(largest)} times the critical rate", "loss", SteeringSchema.Loss);
        yield return Over(
            RateName, $"Rate chosen from {Story.N(largest)} times the critical rate", "rate / first rate", SteeringSchema.Multiple);

        Figure Over(string name, string title, string label, string series) => Figure.OverSteps(
            name,
            title,
            label,
            policies.Select((policy, i) => curves.Series(
                policy, new(SteeringSchema.Process(policy, largest, seed), series), Colour(policy, i)) with
            {
                Dash = Pattern(i),
            })) with
        {
            XLabel = "gradients",
            Log = true,
        };
    }

    private static string Colour(string policy, int i) => policy == SteeringSchema.Constant ? Palette.Ink : Palette.Nth(i - 1);

    // There are fewer distinct colours than policies.
    private static Dash Pattern(int i) => i > 6 ? Dash.Dashed : Dash.Solid;
}
