using Brink.Lab;
using Brink.Runs;
using Brink.Zoo.Models;

namespace Brink.Bench;

/// <summary>Learning-rate policies on small networks, from a tenth of to ten times the critical rate: trainings that diverge, and
/// gradients to a target loss relative to the best constant rate of the same seed.</summary>
internal static class SteeringCosts
{
    private static readonly string[] Full =
        ["constant", "rollback", "rollback-ritz", "rollback-grow", "guard", "cdat", "burst", "cosine", "wsd"];

    private static readonly string[] Small = ["constant", "rollback", "rollback-grow", "cosine", "wsd"];

    /// <summary>One row for each policy, network, loss and batch size, as each comparison ends.</summary>
    public static IEnumerable<SteeringCostsRow> Rows()
    {
        var dense = new[] { Activation.Tanh, Activation.Relu, Activation.Swish }.Select(activation => (
            Name: $"mlp-{activation}".ToLowerInvariant(), Model: (ModelSpec)new MlpSpec([32, 32], activation)));
        var models = dense.Append(("cnn-swish", new CnnSpec(16, Activation.Swish))).ToArray();
        foreach (var (name, model) in models)
        {
            foreach (var loss in new[] { LossKind.Mse, LossKind.CrossEntropy })
            {
                foreach (var batch in new int?[] { null, 128, 32 })
                {
                    foreach (var row in Of(name, model, loss, batch)) yield return row;
                }
            }
        }
    }

    private static SteeringCostsRow[] Of(string name, ModelSpec model, LossKind loss, int? batch)
    {
        var study = SteeringStudy.Default with
        {
            Model = model,
            Loss = loss,
            Batch = batch,
            // A gradient of the CNN costs fifty of the others.
            Policies = batch is not null ? Small : model is CnnSpec ? Full[..4] : Full,
            Seeds = model is CnnSpec ? 1 : 5,
            Data = SteeringStudy.Default.Data with { Pool = model is CnnSpec ? 2 : 4, Samples = model is CnnSpec ? 150 : 500 },
        };
        var folder = Directory.CreateTempSubdirectory("brink-steering-").FullName;
        try
        {
            using (var run = RunWriter.Create(Path.Combine(folder, "run")))
                StudyKinds.Standard.Of(study.Checked(), run, CheckpointPace.Usual).Run("bench", null, default);
            var manifest = RunReader.ManifestOf(Path.Combine(folder, "run"));
            var (results, best) = (manifest.Get(SteeringSchema.Results)!, manifest.Get(SteeringSchema.BestMultiples)!);
            var lost = results
                .Where(result => result is { Policy: SteeringSchema.Constant, Diverged: true })
                .Select(result => (result.Multiple, result.Seed))
                .ToHashSet();
            return
            [
                .. results.GroupBy(result => result.Policy).Select(policy =>
                {
                    var repeated = policy.Where(result => lost.Contains((result.Multiple, result.Seed))).ToArray();
                    var fromBest = policy.Where(result => result.Multiple == best[(int)(result.Seed - study.Seed)]).ToArray();
                    var costs = Sorted(policy);
                    return new SteeringCostsRow(
                        policy.Key,
                        name,
                        batch is null ? "all" : $"{batch}",
                        $"{loss}",
                        policy.Count(),
                        policy.Count(result => result.Diverged),
                        repeated.Length,
                        repeated.Count(result => !result.Diverged),
                        Median(costs),
                        costs.Length == 0 ? null : costs[^1],
                        policy.Count(result => result.RelativeCost is null && !result.Diverged),
                        Median(Sorted(fromBest)),
                        Sorted(fromBest) is [.., var largest] ? largest : null);
                }),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Sorted(IEnumerable<SteeringResult> results) =>
        [.. results.Select(result => result.RelativeCost).OfType<double>().Order()];

    private static double? Median(double[] sorted) =>
        sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

/// <summary>All trainings of a policy on a network.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Model">Network.</param>
/// <param name="Batch">Samples of a batch, or all.</param>
/// <param name="Loss">Loss of a sample.</param>
/// <param name="Runs">Number of trainings.</param>
/// <param name="Diverged">How many of them diverged.</param>
/// <param name="Lost">How many of them diverge at a constant rate.</param>
/// <param name="Saved">How many of those finished.</param>
/// <param name="RelativeCost">Median of the gradients to the target, relative to the best constant rate.</param>
/// <param name="LargestCost">The largest.</param>
/// <param name="Missed">Trainings that ended above the target.</param>
/// <param name="RelativeCostBestStart">The median from the best constant rate.</param>
/// <param name="LargestCostBestStart">The largest from there.</param>
internal sealed record SteeringCostsRow(
    string Policy,
    string Model,
    string Batch,
    string Loss,
    int Runs,
    int Diverged,
    int Lost,
    int Saved,
    double? RelativeCost,
    double? LargestCost,
    int Missed,
    double? RelativeCostBestStart,
    double? LargestCostBestStart);
