using Brink.MiniBatches;

namespace Brink.Monitoring;

/// <summary>The result of a monitor's measurement at one step of training.</summary>
/// <param name="Step">Number of optimizer steps so far.</param>
/// <param name="Loss">Loss on the probe.</param>
/// <param name="LearningRate">Learning rate of the optimizer's first group.</param>
/// <param name="Sharpness">Largest eigenvalue of the Hessian on the probe.</param>
/// <param name="EffectiveSharpness">Largest eigenvalue in the optimizer's own metric; the edge of stability is 2, whatever the
/// optimizer. For gradient descent it is eta S (<see cref="StabilityMetric"/>).</param>
/// <param name="Alignments">Cosine of the gradient with each of the top eigenvectors, both in that metric [k].</param>
/// <param name="SharpeningRate">alpha: rise of the deciding sharpness per step, from the readings so far; NaN at the
/// first.</param>
/// <param name="StepsToEdge">Steps until the deciding sharpness reaches 2 at that rate; null if it is there, or does not
/// rise.</param>
/// <param name="Verdict">Stability of training at this step.</param>
/// <param name="Products">Number of Hessian products of the reading.</param>
/// <param name="Converged">True if the eigenvalues met their tolerance.</param>
/// <param name="Overhead">Share of all time since the monitor was attached that its own work took.</param>
public sealed record StabilityReading(
    long Step,
    double Loss,
    double LearningRate,
    double Sharpness,
    double EffectiveSharpness,
    IReadOnlyList<double> Alignments,
    double SharpeningRate,
    double? StepsToEdge,
    StabilityVerdict Verdict,
    int Products,
    bool Converged,
    double Overhead)
{
    /// <summary>Measurements over the batches of the training; null where the monitor was not given them.</summary>
    public BatchReading? Batches { get; init; }

    /// <summary>The edge that applies by the noise of the batches; null without them, and for optimizers other than gradient descent
    /// with or without momentum.</summary>
    public BatchEdge? BatchEdge { get; init; }

    /// <summary>Learning rate at which a step along the gradient on the probe, in the optimizer's metric, raises the loss, by losses
    /// alone; null where it was not measured.</summary>
    public double? CriticalLearningRate { get; init; }

    /// <summary>The effective sharpness that decides about stability: by <see cref="BatchEdge"/> where it is known, otherwise
    /// <see cref="EffectiveSharpness"/>.</summary>
    public double DecidingSharpness => BatchEdge?.EffectiveSharpness ?? EffectiveSharpness;

    /// <summary>1 - <see cref="DecidingSharpness"/> / 2: the remaining distance to the edge, as a share; negative beyond it.</summary>
    public double Margin => 1 - (DecidingSharpness / 2);

    /// <summary>The largest learning rate that is stable at this point for this optimizer, with all its groups scaled alike.
    /// Infinite where nothing curves upwards; null if it is not known, because the curvature is not finite, as after divergence,
    /// or the learning rate is not positive.</summary>
    public double? LargestStableLearningRate =>
        !double.IsFinite(DecidingSharpness) || !(LearningRate > 0) ? null
        : DecidingSharpness > 0 ? 2 * LearningRate / DecidingSharpness
        : double.PositiveInfinity;

    /// <summary>The largest stable steps of the usual methods at this point, whatever the optimizer is, each with its
    /// reason.</summary>
    public IReadOnlyList<StepAdvice> Advice { get; init; } = [];

    /// <summary>The learning rate that a warm-up leads to; null if none was given.</summary>
    public double? WarmUpTarget { get; init; }

    /// <summary>Changes since the last reading, and uncertainties of this one; null if there are none.</summary>
    public string? Remark { get; init; }

    /// <summary>The highest learning rate that a warm-up may have now, and the step at which it may end.</summary>
    public WarmUp WarmUp => WarmUp.At(this);
}

/// <summary>Stability of training, by the effective sharpness and the loss.</summary>
public enum StabilityVerdict
{
    /// <summary>Below the edge, and not about to reach it.</summary>
    Stable,

    /// <summary>Below the edge and rising towards it (progressive sharpening).</summary>
    Sharpening,

    /// <summary>Around the edge, where full-batch training usually stays and the loss still falls.</summary>
    AtTheEdge,

    /// <summary>Beyond what self-stabilization holds, or beyond the edge with a loss above the first one: a lower learning rate
    /// is needed before the loss blows up.</summary>
    Unstable,
}
