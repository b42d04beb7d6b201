using Brink.Objectives;

namespace Brink.Dynamics.Stabilization;

/// <summary>The generalized predicted dynamics, for losses that are not quadratic along the directions over the range of
/// the oscillation.</summary>
/// <remarks>Differs from <see cref="PredictedDynamics"/> by the force of the true cross-section F_t(x) = L(theta-dagger_t + U^T
/// x) in place of the linear one: x_{t+1} = x_t - eta F_t'(x_t) - eta Y_t x_t (Damian et al. 2023, appendix on the generalized
/// predicted dynamics, for one direction).</remarks>
public static class GeneralizedPredictedDynamics
{
    /// <inheritdoc cref="PredictedDynamics.Step"/>
    public static Tensor Step(
        IObjective objective, ConstrainedPoint now, ConstrainedPoint next, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var (x, Y) = PredictedDynamics.Coordinates(now, v);
        var orthogonal = PredictedDynamics.OrthogonalStep(now, v, x, eta);
        return scope.MoveToOuter(
            PredictedDynamics.InFrame(next, orthogonal, x - eta * Force(objective, now, x) - eta * Y.mv(x)));
    }

    /// <summary>Computes F_t'(x) = U_t grad L(theta-dagger_t + U_t^T x) [k], for x [k].</summary>
    public static Tensor Force(IObjective objective, ConstrainedPoint at, Tensor x)
    {
        using var scope = NewDisposeScope();
        var gradient = objective.LossAndGradient(at.Theta + at.Directions.t().mv(x)).Gradient;
        return scope.MoveToOuter(at.Directions.mv(gradient));
    }
}
