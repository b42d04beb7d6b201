namespace Brink.Lab;

/// <summary>What a watch measures.</summary>
/// <param name="Top">Number of largest eigenvalues.</param>
/// <param name="Bottom">Number of smallest eigenvalues.</param>
/// <param name="Preconditioned">Number of largest eigenvalues in the metric of an adaptive optimizer.</param>
/// <param name="Tolerance">Residual tolerance, relative to the eigenvalue.</param>
/// <param name="Given">The optimizer, if it is not that of the checkpoints.</param>
/// <param name="BatchStatistics">True if batch norm takes the statistics of the samples.</param>
/// <param name="TraceProducts">Products for the estimate of the trace, at least 4; 0: none.</param>
/// <param name="BatchSize">Samples of a batch of the training; null: its batches are not measured.</param>
/// <param name="ClipNorm">Largest norm of the gradient in the training, which clips longer ones; null: it does not.</param>
public sealed record WatchSettings(
    int Top = 5,
    int Bottom = 2,
    int Preconditioned = 3,
    double Tolerance = 1e-4,
    WatchedOptimizer? Given = null,
    bool BatchStatistics = false,
    int TraceProducts = 12,
    int? BatchSize = null,
    double? ClipNorm = null);
