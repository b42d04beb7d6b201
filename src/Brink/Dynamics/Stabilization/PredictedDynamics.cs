using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>The predicted dynamics: the position of gradient descent, as a displacement v from the constrained
/// trajectory.</summary>
/// <remarks>
/// Damian et al. 2023, definition of step_t and equation (6), in the frame of the constrained trajectory, and for any number
/// of directions (docs/reference/papers.md derives it):
/// <code>
/// v_{t+1} = P_{U_{t+1}}^perp [ (I - eta H_t) P_{U_t}^perp v_t
///                            + (eta/2) sum_ij (Sigma - x x^T)_ij P^perp D3L(u_i,u_j) ]
///         + U_{t+1}^T x_{t+1}
/// x_t = U_t v_t,   Y_ij = P^perp D3L(u_i,u_j) . v_t,   x_{t+1} = (I - eta (Lambda + Y)) x_t
/// </code>
/// With one direction Sigma is delta_t^2 = 2 alpha / beta, Y is y_t and x_{t+1} = -(1 + eta y_t) x_t, as in the paper.
/// Departs from it: (1) I - eta Lambda replaces the paper's -1: both are the same on the edge, the first is right inside it too;
/// (2) Sigma is 0 where no constraint is active: it represents what the projection moved, and an inactive one moves nothing;
/// (3) where the frame gains a direction, and the constrained trajectory is projected on to it, v is shifted back by as much:
/// the predicted point does not move.
/// </remarks>
public static class PredictedDynamics
{
    /// <summary>Returns v_{t+1} [p] from v_t [p], between two consecutive points of the constrained trajectory.</summary>
    public static Tensor Step(ConstrainedPoint now, ConstrainedPoint next, Tensor v, double eta)
    {
        using var scope = NewDisposeScope();
        var (x, Y) = Coordinates(now, v);
        return scope.MoveToOuter(InFrame(next, OrthogonalStep(now, v, x, eta), x - eta * (now.Curvature + Y).mv(x)));
    }

    /// <summary>Returns x = U v [k] and Y_ij = P^perp D3L(u_i,u_j) . v [k,k]: displacement along the directions, and excess
    /// sharpness.</summary>
    public static (Tensor X, Tensor Y) Coordinates(ConstrainedPoint at, Tensor v)
    {
        using var scope = NewDisposeScope();
        return scope.MoveToOuter(at.Directions.mv(v), SymmetricVector.Matrix(at.Normals.mv(v)));
    }

    /// <summary>Computes the step of v_t orthogonal to the directions, which both predictions share.</summary>
    internal static Tensor OrthogonalStep(ConstrainedPoint now, Tensor v, Tensor x, double eta)
    {
        using var scope = NewDisposeScope();
        var orthogonal = Orthonormal.ProjectOut(v, now.Directions);
        var push = now.Normals.t().mv(SymmetricVector.Of(now.Covariance - x.outer(x)));
        return scope.MoveToOuter(orthogonal - eta * now.Expansion.HessianTimes(orthogonal) + eta / 2 * push);
    }

    /// <summary>Returns the displacement from the next point, in the frame of that point.</summary>
    internal static Tensor InFrame(ConstrainedPoint next, Tensor orthogonal, Tensor x)
    {
        using var scope = NewDisposeScope();
        var U = next.Projection.FrameBeforeChange ?? next.Directions;
        var v = Orthonormal.ProjectOut(orthogonal, U) + U.t().mv(x);
        return scope.MoveToOuter(next.Projection.Shift is { } shift ? v - shift : v);
    }
}
