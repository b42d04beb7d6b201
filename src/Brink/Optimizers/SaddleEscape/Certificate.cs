using Brink.Spectra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Whether a point is an eps-local minimizer: ||grad f|| at most eps, and lambda_min at least
/// -sqrt(L_H eps), by the residual bound of the Lanczos pair.</summary>
/// <param name="GradientNorm">||grad f||.</param>
/// <param name="Smallest">The smallest Ritz value; null where the gradient was too large to look for
/// it.</param>
/// <param name="Residual">Of its pair: an eigenvalue is as close as that.</param>
/// <param name="IsMinimizer">Both hold for certain.</param>
public sealed record Certificate(double GradientNorm, double? Smallest, double? Residual, bool IsMinimizer)
{
    // Residuals of 1 % tell -sqrt(L_H eps) well enough from what lies above.
    private static readonly Lanczos Lowest = new(0, 1, 1e-2, MaxProducts: 500);

    /// <param name="whole">f: an expectation, or all samples.</param>
    /// <param name="theta">[p].</param>
    /// <param name="epsilon">eps.</param>
    /// <param name="lipschitzHessian">L_H.</param>
    public static Certificate At(IMinibatch whole, Tensor theta, double epsilon, double lipschitzHessian)
    {
        using var scope = NewDisposeScope();
        var norm = whole.Gradient(theta).norm().ToDouble();
        if (!(norm <= epsilon)) return new(norm, null, null, false);
        using var pairs = Lowest.Solve(whole.Hessian(theta));
        var (value, residual) = (pairs.Bottom.Values[0], pairs.Bottom.Residuals[0]);
        return new(norm, value, residual, value - residual >= -Math.Sqrt(lipschitzHessian * epsilon));
    }
}
