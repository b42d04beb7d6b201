using Brink.Objectives;

namespace Brink.Dynamics;

/// <summary>The generalized predicted dynamics, for losses that are not quadratic along u over the range of
/// the oscillation.</summary>
/// <remarks>As <see cref="PredictedDynamics"/>, with the force of the true cross-section F_t(x) =
/// L(theta-dagger_t + x u_t) in place of the linear one: x_{t+1} = x_t - eta F_t'(x_t) - eta x_t y_t (Damian
/// et al. 2023, appendix on the generalized predicted dynamics).</remarks>
public static class GeneralizedPredictedDynamics
{
    /// <inheritdoc cref="PredictedDynamics.Step"/>
    public static Tensor Step(
        IObjective objective, ConstrainedPoint now, ConstrainedPoint next, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var (x, y) = PredictedDynamics.Coordinates(now, v);
        var nextX = x - eta * Force(objective, now, x) - eta * x * y;
        return scope.MoveToOuter(PredictedDynamics.Perpendicular(now, next, v, eta) + nextX * next.Direction);
    }

    /// <summary>F_t'(x) = u_t . grad L(theta-dagger_t + x u_t).</summary>
    public static double Force(IObjective objective, ConstrainedPoint at, double x)
    {
        using var scope = NewDisposeScope();
        return at.Direction.dot(objective.LossAndGradient(at.Theta + x * at.Direction).Gradient).ToDouble();
    }
}
