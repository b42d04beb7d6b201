using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A step of the constrained trajectory and its first linear projection, predicted from the expansion where the step
/// starts: the loss is not evaluated on the way.</summary>
/// <remarks>At theta-dagger - eta grad L - sum_ij X_ij P^perp D3L(u_i,u_j) - U^T b the expansion at theta-dagger gives, to
/// first order along the normals, the curvature Lambda + eta alpha - B[X] of the directions and their gradient U g - eta Lambda
/// U g - Lambda b. The error, from the second order and the turn of the eigenvectors, changes smoothly from step to step
/// (<see cref="PredictionErrors"/>).</remarks>
/// <param name="Theta">End of the step [p].</param>
/// <param name="Multipliers">Multipliers X [k,k], at least 0.</param>
/// <param name="Lowered">Amount by which they lower the curvature, B[X] [k,k].</param>
/// <param name="Curvature">Lambda at the end, to first order [k,k].</param>
/// <param name="Alignments">U grad L at the end, to first order [k].</param>
internal sealed record ProjectionPredictor(Tensor Theta, Tensor Multipliers, Tensor Lowered, Tensor Curvature, Tensor Alignments)
{
    /// <summary>Predicts a step with the normals at its start.</summary>
    /// <param name="at">Start of the step, theta-dagger.</param>
    /// <param name="eta">Learning rate.</param>
    public static ProjectionPredictor From(ConstrainedPoint at, double eta) => From(at, eta, at.Normals, at.Stabilization);

    /// <summary>Predicts a step with other normals.</summary>
    /// <param name="at">Start of the step, theta-dagger.</param>
    /// <param name="eta">Learning rate.</param>
    /// <param name="normals">Normals along which the step is projected back [m,p], close to those at theta-dagger.</param>
    public static ProjectionPredictor From(ConstrainedPoint at, double eta, Tensor normals)
    {
        // The normals at theta-dagger determine how a step along these lowers the curvature. The cone problem needs a symmetric
        // matrix.
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
        // If the linearised bound cannot be met, the projection detects it at the end of the step.
        var X = cone.Residual <= ConstrainedTrajectory.ConeTolerance ? cone.X : zeros_like(bound);
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
