using Brink.Algebra;

namespace Brink.Dynamics;

/// <summary>The predicted dynamics: where gradient descent will be, as a displacement v from the constrained
/// trajectory.</summary>
/// <remarks>
/// Damian et al. 2023, definition of step_t and equation (6), in the frame of the constrained trajectory:
/// <code>
/// v_{t+1} = P_{u_{t+1}}^perp (I - eta H_t) P_{u_t}^perp v_t
///         + eta P_{u_{t+1}}^perp grad-perp S_t (delta_t^2 - x_t^2) / 2
///         + x_{t+1} u_{t+1}
/// x_t = u_t . v_t,   y_t = grad-perp S_t . v_t,   x_{t+1} = -(1 + eta y_t) x_t
/// </code>
/// Departs from the paper: (1) 1 - eta S_t stands where the paper writes -1, which is the same on the edge
/// and right inside it; (2) delta_t^2 enters only where the projection was active: it stands for what the
/// projection moved, and an inactive one moves nothing.
/// </remarks>
public static class PredictedDynamics
{
    /// <summary>v_{t+1} [p] from v_t [p], between two consecutive points of the constrained
    /// trajectory.</summary>
    public static Tensor Step(ConstrainedPoint now, ConstrainedPoint next, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var (x, y) = Coordinates(now, v);
        var nextX = (1 - eta * now.Sharpness - eta * y) * x;
        return scope.MoveToOuter(Perpendicular(now, next, v, eta) + nextX * next.Direction);
    }

    /// <summary>x = u . v and y = grad-perp S . v: displacement along u, and excess sharpness.</summary>
    public static (double X, double Y) Coordinates(ConstrainedPoint at, Tensor v)
    {
        using var scope = NewDisposeScope();
        return (at.Direction.dot(v).ToDouble(), at.SharpnessGradient.dot(v).ToDouble());
    }

    /// <summary>The part of v_{t+1} at right angles to u_{t+1}: both predictions share it.</summary>
    internal static Tensor Perpendicular(ConstrainedPoint now, ConstrainedPoint next, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var x = now.Direction.dot(v).ToDouble();
        var perpendicular = Orthonormal.Reject(v, now.Direction);
        var deltaSquared = next.Active ? now.DeltaSquared : 0;
        var moved = perpendicular
            - eta * now.Expansion.HessianTimes(perpendicular)
            + eta * (deltaSquared - (x * x)) / 2 * now.SharpnessGradient;
        return scope.MoveToOuter(Orthonormal.Reject(moved, next.Direction));
    }
}
