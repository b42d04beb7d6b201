namespace Brink.Runs;

/// <summary>The end of a training under a policy.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Multiple">The rate, as a multiple of the critical one.</param>
/// <param name="Seed">Seed of the training.</param>
public sealed record SteeringResult(string Policy, double Multiple, long Seed)
{
    /// <summary>The rate.</summary>
    public double LearningRate { get; init; }

    /// <summary>Number of steps.</summary>
    public long Steps { get; init; }

    /// <summary>Number of steps that were undone.</summary>
    public long Undone { get; init; }

    /// <summary>Gradients, Hessian products and third derivatives, each in gradients.</summary>
    public double Gradients { get; init; }

    /// <summary>Gradients until the target loss of the seed was reached; null if it was not, or there is no target.</summary>
    public double? GradientsToTarget { get; init; }

    /// <summary>Gradients to the target over those of the best constant rate; null if the target was not reached.</summary>
    public double? RelativeCost { get; init; }

    /// <summary>Loss of all training samples at the end, without weight decay; null where it was not finite.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Test loss at the end; null where it was not finite.</summary>
    public double? TestLoss { get; init; }

    /// <summary>Share of the test samples that are classified correctly at the end, from 0 to 1.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>True if the loss was not finite, or at the end above the first one.</summary>
    public bool Diverged { get; init; }
}
