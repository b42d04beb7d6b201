using Brink.Runs;

namespace Brink.Reports;

/// <summary>All trainings of a policy, or those at one rate.</summary>
internal sealed record PolicySummary(string Name, IReadOnlyList<SteeringResult> Results)
{
    public int Diverged => Results.Count(result => result.Diverged);

    /// <summary>Trainings that finished above the target loss.</summary>
    public int Missed => Results.Count(result => result is { Diverged: false, RelativeCost: null });

    public double? MedianCost => Median(Results.Select(result => result.RelativeCost));

    public double? LargestCost => Results.Max(result => result.RelativeCost);

    public double? MedianLoss => Median(Results.Select(result => result.Diverged ? null : result.TrainLoss));

    public double? MedianAccuracy => Median(Results.Select(result => result.Diverged ? null : result.TestAccuracy));

    /// <summary>The median of the values that are known; null if none is.</summary>
    private static double? Median(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.OfType<double>().Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
