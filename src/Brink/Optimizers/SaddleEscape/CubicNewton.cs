using Brink.Dynamics;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Newton's method with cubic regularisation on samples (SCRN): theta_{t+1} = theta_t + argmin of
/// the cubic model, with g the mean gradient of n1 fresh samples and B the mean Hessian of n2
/// others.</summary>
/// <remarks>Nesterov and Polyak (2006); stochastic: Tripuraneni, Stern, Jin, Regier and Jordan (2018); under strong growth:
/// Roy, Balasubramanian, Ghadimi and Mohapatra (2020). Departs from the second: the model is minimized exactly or in a Krylov
/// space, not by gradient descent, and there is no last solve. A state contains its model's decrease, and the caller stops
/// where that is small enough. The zeroth-order variant is this method on a <see cref="GaussianSmoothing"/>.</remarks>
public sealed record CubicNewton(IStochasticObjective Objective, CubicNewtonParameters Parameters, Generator Generator)
    : IDynamics<CubicNewtonState>
{
    /// <inheritdoc/>
    public CubicNewtonState Start(Tensor theta) => new(theta.clone().DetachFromDisposeScope(), 0, null, 0, true);

    /// <exception cref="NonFiniteGradientException">The gradient or a Hessian product is not
    /// finite.</exception>
    public CubicNewtonState Step(CubicNewtonState state)
    {
        using var scope = NewDisposeScope();
        Tensor gradient;
        using (var first = Samples(Parameters.GradientBatch)) gradient = first.Gradient(state.Theta);
        NonFiniteGradientException.Require(gradient, "gradient", state.Step);
        using var second = Samples(Parameters.HessianBatch);
        using var step = Minimizer(new(second.Hessian(state.Theta), gradient, Parameters.M));
        NonFiniteGradientException.Require(step.H, "Hessian product", state.Step);
        var theta = state.Theta + step.H;
        return new(theta.DetachFromDisposeScope(), state.Step + 1, step.Decrease, step.Products, step.Converged);
    }

    private IMinibatch Samples(int? size) =>
        size is { } samples ? Objective.Draw(samples, Generator) : Objective.Expectation();

    private CubicStep Minimizer(CubicModel model) => Objective.Dimension <= Parameters.ExactUpTo
        ? model.Minimize()
        : Parameters.Solver.Minimize(model, randn(Objective.Dimension, dtype: Objective.Precision, generator: Generator));
}

/// <param name="M">Weight of the cubic term; at least L_H for a certain decrease.</param>
/// <param name="GradientBatch">Number n1 of samples of the gradient; null: the exact gradient.</param>
/// <param name="HessianBatch">Number n2 of samples of the Hessian; null: the exact Hessian.</param>
/// <param name="Solver">Solver of the model.</param>
/// <param name="ExactUpTo">Largest dimension in which the model is minimized from all eigenpairs of B, with p products.</param>
public sealed record CubicNewtonParameters(
    double M, int? GradientBatch, int? HessianBatch, KrylovCubicSolver Solver, int ExactUpTo = 16)
{
    // Error of an inexact model besides that of the samples, as a share of eps and sqrt(L_H eps).
    private const double ToleranceFactor = 0.1;

    // Errors of samples, as shares of eps.
    private const double Share = 0.5;

    /// <summary>Returns parameters without samples, for exact derivatives: O(1/eps^(3/2)) of each.</summary>
    public static CubicNewtonParameters Deterministic(ProblemConstants constants, double epsilon)
    {
        ProblemConstants.RequireAccuracy(epsilon);
        return new(
            constants.LipschitzHessian,
            null,
            null,
            new(ToleranceFactor * epsilon, ToleranceFactor * constants.Curvature(epsilon)));
    }

    /// <summary>Returns parameters under strong growth: n1 = n2 = ceil((rho - 1) L_G^2/(L_H eps)), for O(1/eps^(5/2)) calls up
    /// to logarithms.</summary>
    /// <remarks>Derived: the Hessian's error has to be at most sqrt(L_H eps), and its samples have variance (rho - 1) L_G^2.
    /// The gradient's error has to be at most eps, not only where ||g|| is eps but up to L_G sqrt(eps/L_H), a cubic step away
    /// from there; its samples have variance (rho - 1) ||g||^2.</remarks>
    public static CubicNewtonParameters UnderStrongGrowth(ProblemConstants constants, double epsilon)
    {
        var samples = ProblemConstants.Batch((constants.StrongGrowth - 1)
            * constants.LipschitzGradient * constants.LipschitzGradient / (constants.LipschitzHessian * epsilon));
        return Deterministic(constants, epsilon) with { GradientBatch = samples, HessianBatch = samples };
    }

    /// <summary>Returns parameters without that condition: n1 is at least ceil(4 sigma^2/eps^2), for O(1/eps^(7/2))
    /// calls.</summary>
    public static CubicNewtonParameters WithoutStrongGrowth(ProblemConstants constants, double epsilon)
    {
        var under = UnderStrongGrowth(constants, epsilon);
        var samples = ProblemConstants.Batch(constants.Variance / (Share * Share * epsilon * epsilon));
        return under with { GradientBatch = Math.Max(samples, under.GradientBatch!.Value) };
    }

    /// <summary>Returns parameters of the zeroth-order variant under strong growth: n1 as above with the constants
    /// <see cref="ProblemConstants.Smoothed"/>, and n2 = ceil(rho (p/4) (trace^2 + 2 p L_G^2)/(L_H eps)).</summary>
    /// <remarks>Derived: one sample (u.Hu/2) (u u^T - I) has a second moment of norm about (p/4) ((tr H)^2 + 2 ||H||_F^2). This
    /// means O(p^3/eps) samples where the trace is as large as it can be, p L_G, and O(p^2/eps) where it is bounded.</remarks>
    /// <param name="constants">Constants of the problem itself, without smoothing.</param>
    /// <param name="epsilon">Accuracy eps.</param>
    /// <param name="trace">Largest magnitude of the trace of the Hessian; p L_G is always valid.</param>
    public static CubicNewtonParameters ZerothOrder(ProblemConstants constants, double epsilon, double trace)
    {
        var p = constants.Dimension;
        var second = p / 4.0 * ((trace * trace) + (2 * p * constants.LipschitzGradient * constants.LipschitzGradient));
        return UnderStrongGrowth(constants.Smoothed(), epsilon) with
        {
            HessianBatch = ProblemConstants.Batch(constants.StrongGrowth * second / (constants.LipschitzHessian * epsilon)),
        };
    }
}

/// <param name="Theta">Parameters [p].</param>
/// <param name="Step">Number of steps made.</param>
/// <param name="Decrease">Decrease that the model predicted for the last step; null if none was made.</param>
/// <param name="Products">Number of Hessian products of the last step.</param>
/// <param name="Converged">True if its model was minimized to the tolerances.</param>
public sealed record CubicNewtonState(Tensor Theta, long Step, double? Decrease, int Products, bool Converged) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Theta.Dispose();
}
