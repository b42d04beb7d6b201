namespace Brink.Monitoring;

/// <summary>What a monitor found at one step of somebody's training.</summary>
/// <param name="Step">Steps of the optimizer so far.</param>
/// <param name="Loss">On the probe.</param>
/// <param name="LearningRate">Of the optimizer's first group.</param>
/// <param name="Sharpness">Largest eigenvalue of the Hessian on the probe.</param>
/// <param name="EffectiveSharpness">Largest eigenvalue in the optimizer's own metric; the edge of stability is 2, whatever the
/// optimizer: eta S for gradient descent (<see cref="StabilityMetric"/>).</param>
/// <param name="Alignments">Cosine of the gradient with each of the top eigenvectors, both in that metric [k].</param>
/// <param name="SharpeningRate">alpha: how fast the effective sharpness rises per step, by the readings so far; NaN at the
/// first.</param>
/// <param name="StepsToEdge">Until it reaches 2 at that rate; null where it is there, or does not rise.</param>
/// <param name="Verdict">Where training stands.</param>
/// <param name="Products">Hessian products that the reading took.</param>
/// <param name="Converged">Whether the eigenvalues met their tolerance.</param>
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
    /// <summary>1 - effective sharpness / 2: what is left until the edge, as a share; negative beyond it.</summary>
    public double Margin => 1 - (EffectiveSharpness / 2);

    /// <summary>The largest learning rate that is stable at this point for this optimizer, all its groups scaled alike.
    /// Infinite where nothing curves upwards; null where it is not known: the curvature is no number, as after a blow-up, or
    /// was felt at no learning rate.</summary>
    public double? LargestStableLearningRate =>
        !double.IsFinite(EffectiveSharpness) || !(LearningRate > 0) ? null
        : EffectiveSharpness > 0 ? 2 * LearningRate / EffectiveSharpness
        : double.PositiveInfinity;

    /// <summary>The largest stable steps of the usual methods at this point, whatever the optimizer is, each with its
    /// reason.</summary>
    public IReadOnlyList<StepAdvice> Advice { get; init; } = [];

    /// <summary>The learning rate that a warm-up leads to; null where none was named.</summary>
    public double? WarmUpTarget { get; init; }

    /// <summary>What changed since the last reading, and what is uncertain about this one; null where there is
    /// nothing.</summary>
    public string? Remark { get; init; }

    /// <summary>How far a warm-up may rise now, and when it may end.</summary>
    public WarmUp WarmUp => WarmUp.At(this);
}

public enum StabilityVerdict
{
    /// <summary>Well below the edge, and not on its way there.</summary>
    Stable,

    /// <summary>Below the edge and rising towards it (progressive sharpening).</summary>
    Sharpening,

    /// <summary>Around the edge, where full-batch training usually stays and the loss still falls.</summary>
    AtTheEdge,

    /// <summary>Beyond what self-stabilization holds, or beyond the edge with a loss above the first one: a lower learning
    /// rate is needed before the loss blows up.</summary>
    Unstable,
}
