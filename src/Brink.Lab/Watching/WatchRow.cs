using Brink.MiniBatches;
using Brink.Spectra;

namespace Brink.Lab;

/// <summary>The measurements of a checkpoint.</summary>
/// <param name="Step">Step of the training.</param>
/// <param name="Loss">Loss on the probe.</param>
/// <param name="GradientNorm">Norm of its gradient.</param>
/// <param name="Top">Largest eigenvalues of the Hessian, descending.</param>
/// <param name="Bottom">Smallest eigenvalues, ascending.</param>
/// <param name="PreconditionedTop">Largest eigenvalues of P^-1/2 H P^-1/2 with the P of an adaptive optimizer; null without second
/// moments.</param>
/// <param name="LearningRate">Learning rate; null where it is unknown.</param>
/// <param name="Edge">Largest stable eigenvalue; null where it is unknown.</param>
/// <param name="File">The checkpoint.</param>
/// <param name="Alignment">|cosine| of the gradient and each of the top eigenvectors.</param>
/// <param name="Trace">Trace of the Hessian with its standard error; null where it was not estimated.</param>
/// <param name="DirectionalSharpness">Curvature along the step: d . H d / (d . g) with d the gradient, for an adaptive optimizer
/// divided by P.</param>
/// <param name="CriticalLearningRate">Least step along d at which the loss rises.</param>
/// <param name="Batches">Measurements over batches of the training; null without a batch size.</param>
/// <param name="Converged">True if all eigenvalues met their tolerance.</param>
/// <param name="Products">Number of Hessian products.</param>
/// <param name="Names">Which names of the checkpoint were found.</param>
public sealed record WatchRow(
    long Step,
    double Loss,
    double GradientNorm,
    IReadOnlyList<double> Top,
    IReadOnlyList<double> Bottom,
    IReadOnlyList<double>? PreconditionedTop,
    double? LearningRate,
    double? Edge,
    string File,
    IReadOnlyList<double> Alignment,
    TraceEstimate? Trace,
    double DirectionalSharpness,
    double CriticalLearningRate,
    BatchReading? Batches,
    bool Converged,
    int Products,
    string Names)
{
    /// <summary>The optimizer; null where it is unknown.</summary>
    public WatchedOptimizer? Optimizer { get; init; }

    /// <summary>The curvature that decides about stability; null where the edge is unknown.</summary>
    public double? Curvature { get; init; }

    /// <summary>True if the curvature is that in the metric of the optimizer's step, whose edge is 2.</summary>
    public bool IsMetric { get; init; }

    /// <summary>Factor by which clipping of the gradient shortens the step.</summary>
    public double Clipping { get; init; } = 1;

    /// <summary>What is not certain about the edge; null if nothing is.</summary>
    public string? EdgeRemark { get; init; }

    /// <summary>The reason why there is no edge, or why it may mean nothing, a sentence; null if there is none.</summary>
    public string? Doubt { get; init; }

    /// <summary>The edge by the noise of the batches; null unless the batches were measured and the optimizer is gradient descent with
    /// or without momentum, for which both regimes are known.</summary>
    public BatchEdge? BatchEdge =>
        Batches is not null && !IsMetric && Optimizer is { Kind: WatchedMethod.Descent, LearningRate: { } eta }
            ? MiniBatches.BatchEdge.Of(
                eta * Clipping * (Optimizer.Momentum > 0 ? 1 - Optimizer.Dampening : 1), Optimizer.Momentum, Top[0], Batches)
            : null;

    /// <summary>Curvature in units of the edge, times 2: 2 at the edge of stability; null where the edge is unknown. With small batches
    /// it is their curvature and edge.</summary>
    public double? EffectiveSharpness => BatchEdge?.EffectiveSharpness ?? 2 * Curvature / Edge;
}
