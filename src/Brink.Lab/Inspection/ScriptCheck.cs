using Brink.Objectives;

namespace Brink.Lab;

/// <summary>Checks the derivatives of a TorchScript model against its loss.</summary>
/// <remarks>In float64 the model is checked as it is (<see cref="DerivativeCheck"/>). In float32 differences resolve little,
/// least of all across kinks: the check is made on the same model in float64, and a product of the run, with its own
/// micro-batch, is compared with that in float64. A model that runs in float32 only is checked in float32.</remarks>
public static class ScriptCheck
{
    // Relative error above which a float32 product counts as wrong: convolutions that libtorch computes wrongly on some
    // processors have 2e-3 and more, correct ones 1e-6 to 1e-4.
    private const double LargestRounding = 1e-2;

    // Largest number of parameters to name in a sentence.
    private const int Named = 8;

    /// <param name="loss">Loss of the run.</param>
    /// <param name="theta">The point [p].</param>
    /// <param name="parts">Name and size of each parameter.</param>
    /// <param name="exact">The same loss and theta in float64; null where the run is in float64 or the model does not run in
    /// float64.</param>
    public static DerivativeVerdict Of(
        DifferentiableSum loss, Tensor theta, IReadOnlyList<(string Name, long Size)> parts, (DifferentiableSum Loss, Tensor Theta)? exact)
    {
        using var scope = NewDisposeScope();
        if (exact is not { } twin)
        {
            var own = new DerivativeCheck().At(loss, theta, parts);
            return own with { ProductNoise = Math.Max(own.ProductNoise, DerivativeCheck.Rounding(loss, theta, parts)) };
        }
        var verdict = new DerivativeCheck().At(twin.Loss, twin.Theta, parts);
        if (!verdict.Passed) return verdict;
        // A difference that rounding of theta alone explains is noise: a spectrum that float32 cannot resolve is not a fault of
        // a kernel.
        var (product, noise) = (Difference(loss, theta, twin.Loss, twin.Theta), DerivativeCheck.Rounding(loss, theta, parts));
        verdict = verdict with { ProductNoise = Math.Max(verdict.ProductNoise, Math.Max(product, noise)) };
        return product <= LargestRounding + (10 * noise) ? verdict : verdict with
        {
            Fault = FormattableString.Invariant($"float32 differs from float64 by more than rounding (relative error {product:g2}), ")
                + "perhaps in a convolution, which 'brink doctor' tests: use --precision float64 or a micro-batch that is a multiple of 16",
        };
    }

    /// <summary>Returns the warnings of a check, a sentence each.</summary>
    public static IEnumerable<string> Remarks(DerivativeVerdict verdict)
    {
        if (verdict.Fault is { } fault) yield return $"The derivatives do not match the loss: {fault}.";
        if (verdict.Undecided is { } undecided) yield return $"The derivatives could not be checked fully: {undecided}.";
        if (verdict.HasInternalRounding)
            yield return "A part of the model rounds more coarsely than its parameters (a conversion to float16 or float32?); the bounds"
                + " include that noise.";
        if (verdict.WithoutInfluence is { Count: > 0 } idle)
        {
            var more = idle.Count > Named ? $" and {idle.Count - Named} more" : "";
            yield return $"The loss does not depend on {string.Join(", ", idle.Take(Named))}{more}.";
        }
    }

    /// <summary>Returns the relative difference of a Hessian product along a random direction in two precisions.</summary>
    private static double Difference(IObjective loss, Tensor theta, IObjective exact, Tensor exactTheta)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11, CPU);
        // Scaled to the parameters: float32 would round away most of a unit vector in many dimensions.
        var v = randn(theta.shape[0], dtype: ScalarType.Float64, generator: generator) * exactTheta.square().mean().sqrt();
        using var rounded = loss.ExpandAt(theta);
        using var reference = exact.ExpandAt(exactTheta);
        return Relative(rounded.HessianTimes(v.to(theta.dtype)).to(ScalarType.Float64), reference.HessianTimes(v));
    }

    private static double Relative(Tensor value, Tensor of)
    {
        var (difference, scale) = ((value - of).norm().ToDouble(), of.norm().ToDouble());
        return difference == 0 ? 0 : difference / scale;
    }
}
