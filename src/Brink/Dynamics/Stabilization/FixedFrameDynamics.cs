using Brink.Objectives;

namespace Brink.Dynamics.Stabilization;

/// <summary>The predicted dynamics as the authors' code computes them (Damian et al. 2023): in a frame that does not turn.</summary>
/// <remarks>
/// <code>
/// v_{t+1} = v_t - eta [ (x^2 - delta^2)/2 grad-perp S + H v + x y u ],   x = u . v_t,  y = grad-perp S . v_t
/// </code>
/// All quantities are those of the first direction at theta-dagger_t. The generalized dynamics have H (v - x u) + u F'(x) in
/// place of H v. Departs from the paper, whose map is <see cref="PredictedDynamics"/>: (1) the component orthogonal to u_t is not
/// projected off u_{t+1}, so that the turn of u moves some of it into the next x; (2) the component along u stays along u_t;
/// (3) delta^2 = 2 alpha / beta also where the constraint is not active.
/// </remarks>
public static class FixedFrameDynamics
{
    /// <summary>Returns v_{t+1} [p] from v_t [p], at a point of the constrained trajectory.</summary>
    public static Tensor Step(ConstrainedPoint now, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Coordinates(now, v);
        return scope.MoveToOuter(v - eta * (Push(now, x) + now.Expansion.HessianTimes(v) + (x * y * now.Direction)));
    }

    /// <summary>Returns the same with the force F'(x) = u . grad L(theta-dagger + x u) of the true loss along u.</summary>
    public static Tensor GeneralizedStep(IObjective objective, ConstrainedPoint now, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var ((x, y), u) = (Coordinates(now, v), now.Direction);
        var force = u.dot(objective.LossAndGradient(now.Theta + (x * u)).Gradient).ToDouble();
        return scope.MoveToOuter(v - eta * (Push(now, x) + now.Expansion.HessianTimes(v - (x * u)) + ((force + (x * y)) * u)));
    }

    private static (double X, double Y) Coordinates(ConstrainedPoint at, Tensor v) =>
        (at.Direction.dot(v).ToDouble(), at.SharpnessGradient.dot(v).ToDouble());

    private static Tensor Push(ConstrainedPoint now, double x) => ((x * x) - now.DeltaSquared) / 2 * now.SharpnessGradient;
}
