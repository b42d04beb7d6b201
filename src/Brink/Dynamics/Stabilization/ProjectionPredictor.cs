using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A step of the constrained trajectory and its first linear projection, predicted by what is known where the step leaves:
/// the loss is not looked at on the way.</summary>
/// <remarks>
/// Of theta-dagger - eta grad L - sum_ij X_ij P^perp D3L(u_i,u_j) - U^T b the expansion at theta-dagger says, to first order
/// along the normals, that the curvature of the directions is Lambda + eta alpha - B[X] and their gradient U g - eta Lambda U g -
/// Lambda b. Its error, the second order and the turn of the eigenvectors, changes smoothly from step to step
/// (<see cref="PredictionErrors"/>).
/// </remarks>
/// <param name="Theta">Where the step ends [p].</param>
/// <param name="Multipliers">X [k,k], at least 0.</param>
/// <param name="Lowered">What they take off the curvature, B[X] [k,k].</param>
/// <param name="Curvature">Lambda there to first order [k,k].</param>
/// <param name="Alignments">U grad L there to first order [k].</param>
internal sealed record ProjectionPredictor(Tensor Theta, Tensor Multipliers, Tensor Lowered, Tensor Curvature, Tensor Alignments)
{
    /// <summary>Along the normals where the step leaves.</summary>
    /// <param name="at">theta-dagger.</param>
    /// <param name="eta">The learning rate.</param>
    public static ProjectionPredictor From(ConstrainedPoint at, double eta) => From(at, eta, at.Normals, at.Stabilization);

    /// <summary>Along other normals.</summary>
    /// <param name="at">theta-dagger.</param>
    /// <param name="eta">The learning rate.</param>
    /// <param name="normals">Along which the step is taken back [m,p]: close to those at theta-dagger.</param>
    public static ProjectionPredictor From(ConstrainedPoint at, double eta, Tensor normals)
    {
        // A step along them lowers the curvature as the normals at theta-dagger say. The cone problem wants that symmetric.
        var lowers = tensor(Multivector.Inner([at.Normals], [normals]));
        return From(at, eta, normals, (lowers + lowers.t()) / 2);
    }

    private static ProjectionPredictor From(ConstrainedPoint at, double eta, Tensor normals, Tensor B)
    {
        using var scope = NewDisposeScope();
        var (g, U) = (at.Expansion.Gradient, at.Directions);
        var curvature = at.Curvature + (eta * SymmetricVector.Matrix(at.Sharpening));
        var alignments = at.Alignments - (eta * at.Curvature.mv(at.Alignments));
        var errors = at.Projection.PredictionErrors.Next((int)U.shape[0]);
        var bound = at.Threshold * eye(U.shape[0], dtype: ScalarType.Float64);
        var cone = new ConeProblem(bound - curvature - errors.Curvature, B).Solve();
        // Where the linearised bound cannot be met, what is there will say so.
        var X = cone.Residual <= ConstrainedTrajectory.Solved ? cone.X : zeros_like(bound);
        var b = linalg.solve(at.Curvature, alignments + errors.Alignments);
        var lowered = SymmetricVector.Times(B, X);
        var w = Multivector.Weights(cat([tensor(new[] { 1, -eta }), -SymmetricVector.Of(X), -b]).unsqueeze(0));
        return new(
            Multivector.Combine(w, [at.Theta, g, normals, U]).Rows[0].MoveToOuterDisposeScope(),
            X.MoveToOuterDisposeScope(),
            lowered.MoveToOuterDisposeScope(),
            (curvature - lowered).MoveToOuterDisposeScope(),
            (alignments - at.Curvature.mv(b)).MoveToOuterDisposeScope());
    }
}
