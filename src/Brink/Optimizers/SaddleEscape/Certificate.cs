using Brink.Spectra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The test of a point for an eps-local minimizer: ||grad f|| at most eps, and lambda_min at least -sqrt(L_H eps), by
/// the residual bound of the Lanczos pair.</summary>
/// <param name="GradientNorm">||grad f||.</param>
/// <param name="Smallest">Smallest Ritz value; null where the gradient was too large to compute it.</param>
/// <param name="Residual">Residual of its pair: an eigenvalue is as close as that.</param>
/// <param name="IsMinimizer">True if both conditions hold for certain.</param>
public sealed record Certificate(double GradientNorm, double? Smallest, double? Residual, bool IsMinimizer)
{
    // Residuals of 1 % distinguish -sqrt(L_H eps) well enough from larger values.
    private static readonly Lanczos Lowest = new(0, 1, 1e-2, MaxProducts: 500);

    /// <param name="whole">f: an expectation, or all samples.</param>
    /// <param name="theta">Point [p].</param>
    /// <param name="epsilon">Accuracy eps.</param>
    /// <param name="lipschitzHessian">Lipschitz constant L_H of the Hessian.</param>
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
