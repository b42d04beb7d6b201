namespace Brink.Optimizers.SaddleEscape;

/// <summary>The constants of a problem f(theta) = E F(theta, xi) in the theory of escaping saddles.</summary>
/// <param name="LipschitzGradient">L_G: bound of the magnitude of the curvature.</param>
/// <param name="LipschitzHessian">L_H: largest change of the Hessian per unit of distance.</param>
/// <param name="StrongGrowth">rho: E||grad F||^2 is at most rho ||grad f||^2 + Variance.</param>
/// <param name="Variance">Additive variance sigma^2; 0 is the strong growth condition.</param>
/// <param name="Decrease">Delta: f at the start minus its infimum.</param>
/// <param name="Dimension">Number p of parameters.</param>
public sealed record ProblemConstants(
    double LipschitzGradient,
    double LipschitzHessian,
    double StrongGrowth,
    double Variance,
    double Decrease,
    long Dimension)
{
    /// <summary>Returns sqrt(L_H eps): the largest magnitude of negative curvature at an eps-local minimizer.</summary>
    public double Curvature(double epsilon) => Math.Sqrt(LipschitzHessian * epsilon);

    /// <summary>Returns the constants of the same problem under Gaussian smoothing: a gradient estimated along one random
    /// direction has second moment at most 2 (p + 4) ||grad F||^2 (Nesterov and Spokoiny 2017, theorem 4, without its term in
    /// nu^2), hence strong growth with 2 (p + 4) rho.</summary>
    public ProblemConstants Smoothed() => this with
    {
        StrongGrowth = 2 * (Dimension + 4) * StrongGrowth,
        Variance = 2 * (Dimension + 4) * Variance,
    };

    internal static int Batch(double samples) => (int)Math.Clamp(Math.Ceiling(samples), 1, int.MaxValue);

    internal static void RequireAccuracy(double epsilon)
    {
        if (!(epsilon > 0) || double.IsInfinity(epsilon))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "the accuracy must be above 0 and finite");
    }
}
