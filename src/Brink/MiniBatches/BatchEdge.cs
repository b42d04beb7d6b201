using static System.FormattableString;

namespace Brink.MiniBatches;

/// <summary>The edge of stability of gradient descent with momentum beta on batches, and the curvature that meets it: with small
/// batches the batch sharpness, at 2 (1 - beta)/eta; where the noise is small the sharpness, at 2 (1 + beta)/eta (arXiv
/// 2604.14108). The two thresholds differ by (1 + beta)/(1 - beta), 19 at 0.9.</summary>
/// <remarks>The paper states the two regimes by the size of the batch. Here the measured noise decides
/// (<see cref="BatchReading.NoiseShare"/>): the regime is that of small batches where at least half of the squared gradient of a batch
/// is noise. The share along the top eigenvectors alone is not used: there the gradient of the whole is itself driven by the noise of
/// the last batches, and the share varies from step to step.</remarks>
/// <param name="IsOfBatches">True in the regime of small batches.</param>
/// <param name="Threshold">The edge.</param>
/// <param name="Curvature">The curvature that meets it: batch sharpness or sharpness.</param>
/// <param name="Reason">Which regime applies, in one line.</param>
public sealed record BatchEdge(bool IsOfBatches, double Threshold, double Curvature, string Reason)
{
    private const double Half = 0.5;

    /// <summary>Curvature in units of the edge, times 2: 2 at the edge of stability.</summary>
    public double EffectiveSharpness => 2 * Curvature / Threshold;

    /// <summary>Selects the regime.</summary>
    /// <param name="learningRate">Learning rate eta.</param>
    /// <param name="momentum">Momentum beta; 0 without.</param>
    /// <param name="sharpness">Sharpness S of the whole set.</param>
    /// <param name="batches">Measurement over batches of the training's size, with the gradient of the whole set.</param>
    public static BatchEdge Of(double learningRate, double momentum, double sharpness, BatchReading batches)
    {
        var noise = batches.NoiseShare ?? throw new ArgumentException("a measurement without noise decides nothing", nameof(batches));
        return noise >= Half
            ? new(
                true,
                2 * (1 - momentum) / learningRate,
                batches.Sharpness,
                Invariant($"{noise:p0} of a batch's squared gradient is noise: the batch sharpness, with the edge 2(1 - β)/η"))
            : new(
                false,
                2 * (1 + momentum) / learningRate,
                sharpness,
                Invariant($"{noise:p0} of a batch's squared gradient is noise: the sharpness, with the edge 2(1 + β)/η"));
    }
}
