using Brink.Runs;
using Brink.Steering;

namespace Brink.Lab;

/// <summary>What a policy has to know about a training.</summary>
/// <param name="Steps">Number of its steps.</param>
/// <param name="IsSmallBatch">True if a step sees some of the samples.</param>
/// <param name="Seed">Seed of the policy's random start.</param>
internal sealed record SteeredTraining(long Steps, bool IsSmallBatch, long Seed);

/// <summary>The policies for the learning rate, by their names in a file.</summary>
internal static class SteeringPolicies
{
    // Of one step: from a tenth of the best rate to it in 13 steps.
    private const double Growth = 1.2;

    private static readonly IReadOnlyList<(string Name, Func<SteeredTraining, SteeringPolicy> Of)> All =
    [
        (SteeringSchema.Constant, _ => new ConstantRate()),
        ("rollback", RollBack),
        ("rollback-ritz", training => new RitzBoundedRollBack(RollBack(training))),
        ("rollback-grow", training => RollBack(training) with { Growth = Growth }),
        ("guard", training => new SharpnessGuard(Seed: training.Seed)),
        ("cdat", _ => new CurvatureDynamicsAwareTuning()),
        ("burst", training => new PredictedBurst(Seed: training.Seed)),
        ("cosine", training => new CosineRate(training.Steps)),
        ("wsd", training => new WarmUpStableDecay(training.Steps)),
    ];

    /// <summary>Returns the policy of this name for a training.</summary>
    /// <param name="path">Path of the name in a file, for the message.</param>
    /// <param name="name">Name of the policy.</param>
    /// <param name="training">The training.</param>
    /// <exception cref="ExperimentException">There is no such policy.</exception>
    public static SteeringPolicy Named(string path, string name, SteeredTraining training) =>
        All.FirstOrDefault(policy => policy.Name == name).Of?.Invoke(training)
            ?? throw new ExperimentException($"{path}: '{name}' is unknown{Nearest.Hint(name, All.Select(policy => policy.Name))}");

    private static RollBackAndCut RollBack(SteeredTraining training) =>
        training.IsSmallBatch ? RollBackAndCut.ForSmallBatches : new();
}
