using static System.FormattableString;

namespace Brink.Monitoring;

/// <summary>The largest stable step of a method at a known curvature, with the reason.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="LargestStep">Largest stable learning rate; infinite where nothing curves upwards, NaN if it is not
/// known.</param>
/// <param name="Reason">Reason in one line.</param>
public sealed record StepAdvice(string Method, double LargestStep, string Reason)
{
    /// <summary>Adam's epsilon for the advice: the default.</summary>
    public const double AdamEpsilon = 1e-8;

    internal const string Unknown = "the largest stable learning rate is unknown: the curvature is not finite, or the learning rate is 0";

    private const double Momentum = 0.9;

    /// <param name="sharpness">S: largest eigenvalue of the Hessian.</param>
    /// <param name="preconditioned">Largest eigenvalue of P^-1/2 H P^-1/2 with Adam's P, or NaN.</param>
    /// <param name="moments">Source of the second moments in that P, for the reason.</param>
    /// <param name="ofBatches">Batch sharpness, where noise rules: gradient descent and momentum then have their edge there. Of the
    /// other methods the edge with small batches is not known.</param>
    public static IReadOnlyList<StepAdvice> For(
        double sharpness, double preconditioned, string moments = "equal to the squared gradient here", double? ofBatches = null)
    {
        const double beta = Momentum;
        return
        [
            ofBatches is { } small
                ? new("gradient descent", Step(2, small), "2 over the batch sharpness, which is what small batches hold at 2/eta")
                : new("gradient descent", Step(2, sharpness), "2/S: the oscillation along the top eigenvector neither grows nor shrinks"),
            ofBatches is { } noisy
                ? new("momentum 0.9", Step(2 - (2 * beta), noisy), "(2 - 2 beta) over the batch sharpness, the edge of small batches")
                : new("momentum 0.9", Step(2 / StepGain.Momentum(beta), sharpness), "(2 + 2 beta)/S"),
            new("Nesterov 0.9", Step(2 / StepGain.Momentum(beta, nesterov: true), sharpness), "(2 + 2 beta)/((1 + 2 beta) S)"),
            new(
                "Adam",
                Step(2 / StepGain.Adam(beta), preconditioned),
                $"(2 + 2 beta1)/((1 - beta1) S_P), for second moments {moments}"),
        ];
    }

    /// <summary>Returns the step at which a warm-up towards a learning rate may end: as soon as that rate is stable.</summary>
    /// <param name="reading">Last reading of a monitor.</param>
    /// <param name="target">Learning rate after the warm-up.</param>
    /// <returns>The step, with the reason; no step if the sharpness does not fall towards it.</returns>
    public static (long? Step, string Reason) WarmUpEnd(StabilityReading reading, double target)
    {
        if (reading.LargestStableLearningRate is not { } stable)
            return (null, Unknown);
        // Effective sharpness at the target, and its change per step there.
        var scale = target / reading.LearningRate;
        var (atTarget, slope) = (reading.EffectiveSharpness * scale, reading.SharpeningRate * scale);
        var at = Invariant($"at {target:g3} the effective sharpness is {atTarget:g3}");
        if (atTarget < 2) return (reading.Step, $"{at}, below 2: end the warm-up now");
        return slope < 0
            ? (
                reading.Step + (long)Math.Ceiling((2 - atTarget) / slope),
                Invariant($"{at} and falls by {-slope:g3} per step: end the warm-up when it is 2"))
            : (null, Invariant($"{at} and does not fall: keep the learning rate below {stable:g3}"));
    }

    private static double Step(double edge, double curvature) =>
        double.IsNaN(curvature) ? double.NaN : curvature > 0 ? edge / curvature : double.PositiveInfinity;
}
