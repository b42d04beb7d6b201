using Brink.Dynamics;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Newton's method with cubic regularisation on samples (SCRN): theta_{t+1} = theta_t + argmin of
/// the cubic model, with g the mean gradient of n1 fresh samples and B the mean Hessian of n2
/// others.</summary>
/// <remarks>Nesterov and Polyak (2006); stochastic: Tripuraneni, Stern, Jin, Regier and Jordan (2018); under
/// strong growth: Roy, Balasubramanian, Ghadimi and Mohapatra (2020). Departs from the second: the model is
/// minimized exactly or in a Krylov space, not by gradient descent, and there is no last solve: a state says
/// its model's decrease, and whoever watches ends where that is small enough. Its zeroth-order twin is this
/// method on a <see cref="GaussianSmoothing"/>.</remarks>
public sealed record CubicNewton(IStochasticObjective Objective, CubicNewtonParameters Parameters, Generator Generator)
    : IDynamics<CubicNewtonState>
{
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

/// <param name="M">Weight of the cubic term, at least L_H for a certain decrease.</param>
/// <param name="GradientBatch">n1; null: the gradient itself.</param>
/// <param name="HessianBatch">n2; null: the Hessian itself.</param>
/// <param name="Solver">Of the model.</param>
/// <param name="ExactUpTo">Up to this dimension the model is minimized by all eigenpairs of B, for p
/// products.</param>
public sealed record CubicNewtonParameters(
    double M, int? GradientBatch, int? HessianBatch, KrylovCubicSolver Solver, int ExactUpTo = 16)
{
    // Of eps and sqrt(L_H eps): what an inexact model may miss beside what the samples do.
    private const double Inexact = 0.1;

    // Errors of samples, as shares of eps.
    private const double Share = 0.5;

    /// <summary>No samples, the derivatives themselves: O(1/eps^(3/2)) of each.</summary>
    public static CubicNewtonParameters Deterministic(ProblemConstants constants, double epsilon)
    {
        ProblemConstants.RequireAccuracy(epsilon);
        return new(
            constants.LipschitzHessian,
            null,
            null,
            new(Inexact * epsilon, Inexact * constants.Curvature(epsilon)));
    }

    /// <summary>Under strong growth n1 = n2 = ceil((rho - 1) L_G^2/(L_H eps)), for O(1/eps^(5/2)) calls but
    /// for logarithms.</summary>
    /// <remarks>Derived: the Hessian's error has to be at most sqrt(L_H eps), and its samples vary by (rho -
    /// 1) L_G^2. The gradient's error has to be at most eps, not only where ||g|| is eps but up to L_G
    /// sqrt(eps/L_H), a cubic step away from there; its samples vary by (rho - 1) ||g||^2.</remarks>
    public static CubicNewtonParameters UnderStrongGrowth(ProblemConstants constants, double epsilon)
    {
        var samples = ProblemConstants.Batch((constants.StrongGrowth - 1)
            * constants.LipschitzGradient * constants.LipschitzGradient / (constants.LipschitzHessian * epsilon));
        return Deterministic(constants, epsilon) with { GradientBatch = samples, HessianBatch = samples };
    }

    /// <summary>Without it n1 is at least ceil(4 sigma^2/eps^2), for O(1/eps^(7/2)) calls.</summary>
    public static CubicNewtonParameters WithoutCondition(ProblemConstants constants, double epsilon)
    {
        var under = UnderStrongGrowth(constants, epsilon);
        var samples = ProblemConstants.Batch(constants.Variance / (Share * Share * epsilon * epsilon));
        return under with { GradientBatch = Math.Max(samples, under.GradientBatch!.Value) };
    }

    /// <summary>For the zeroth-order twin under strong growth: n1 as above with the constants
    /// <see cref="ProblemConstants.Smoothed"/>, and n2 = ceil(rho (p/4) (trace^2 + 2 p L_G^2)/(L_H
    /// eps)).</summary>
    /// <remarks>Derived: one sample (u.Hu/2) (u u^T - I) has a second moment of norm about (p/4) ((tr H)^2 +
    /// 2 ||H||_F^2). It is O(p^3/eps) samples where the trace is as large as it can be, p L_G, and O(p^2/eps)
    /// where it is bounded.</remarks>
    /// <param name="constants">Of the problem itself.</param>
    /// <param name="epsilon">eps.</param>
    /// <param name="trace">Largest magnitude of the trace of the Hessian; p L_G is always right.</param>
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

/// <param name="Theta">[p].</param>
/// <param name="Step">Steps made.</param>
/// <param name="Decrease">What the model promised for the last step; null where none was made.</param>
/// <param name="Products">Hessian products of the last step.</param>
/// <param name="Converged">Whether its model was minimized as well as asked for.</param>
public sealed record CubicNewtonState(Tensor Theta, long Step, double? Decrease, int Products, bool Converged) : IDisposable
{
    public void Dispose() => Theta.Dispose();
}
