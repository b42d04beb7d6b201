using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>A step of the constrained trajectory and its first linear projection, by what is known where the step leaves: the loss
/// is not looked at on the way.</summary>
/// <remarks>
/// Of theta-dagger - eta grad L - sum_ij X_ij P^perp D3L(u_i,u_j) - U^T b the expansion at theta-dagger says, to first order
/// along the normals, that the curvature of the directions is Lambda + eta alpha - B[X] and their gradient U g - eta Lambda U g -
/// Lambda b. What that misses, the second order and the turn of the eigenvectors, changes smoothly from step to step
/// (<see cref="Misses"/>).
/// </remarks>
/// <param name="Theta">Where the step ends [p].</param>
/// <param name="Multipliers">X [k,k], at least 0.</param>
/// <param name="Lowered">What they take off the curvature, B[X] [k,k].</param>
/// <param name="Curvature">Lambda there to first order [k,k].</param>
/// <param name="Alignments">U grad L there to first order [k].</param>
internal sealed record FirstProjection(Tensor Theta, Tensor Multipliers, Tensor Lowered, Tensor Curvature, Tensor Alignments)
{
    /// <summary>Along the normals where the step leaves.</summary>
    /// <param name="at">theta-dagger.</param>
    /// <param name="eta">The learning rate.</param>
    public static FirstProjection From(ConstrainedPoint at, double eta) => From(at, eta, at.Normals, at.Stabilization);

    /// <summary>Along other normals.</summary>
    /// <param name="at">theta-dagger.</param>
    /// <param name="eta">The learning rate.</param>
    /// <param name="normals">Along which the step is taken back [m,p]: close to those at theta-dagger.</param>
    public static FirstProjection From(ConstrainedPoint at, double eta, Tensor normals)
    {
        // A step along them lowers the curvature as the normals at theta-dagger say. The cone problem wants that symmetric.
        var lowers = tensor(LongRows.Inner([at.Normals], [normals]));
        return From(at, eta, normals, (lowers + lowers.t()) / 2);
    }

    private static FirstProjection From(ConstrainedPoint at, double eta, Tensor normals, Tensor B)
    {
        using var scope = NewDisposeScope();
        var (g, U) = (at.Expansion.Gradient, at.Directions);
        var curvature = at.Curvature + (eta * SymmetricVector.Matrix(at.Sharpening));
        var alignments = at.Alignments - (eta * at.Curvature.mv(at.Alignments));
        var missed = at.Projection.Misses.Next((int)U.shape[0]);
        var bound = at.Threshold * eye(U.shape[0], dtype: ScalarType.Float64);
        var cone = new ConeProblem(bound - curvature - missed.Curvature, B).Solve();
        // Where the linearised bound cannot be met, what is there will say so.
        var X = cone.Residual <= ConstrainedTrajectory.Solved ? cone.X : zeros_like(bound);
        var b = linalg.solve(at.Curvature, alignments + missed.Alignments);
        var lowered = SymmetricVector.Times(B, X);
        var w = LongRows.Weights(cat([tensor(new[] { 1, -eta }), -SymmetricVector.Of(X), -b]).unsqueeze(0));
        return new(
            LongRows.Combine(w, [at.Theta, g, normals, U]).Rows[0].MoveToOuterDisposeScope(),
            X.MoveToOuterDisposeScope(),
            lowered.MoveToOuterDisposeScope(),
            (curvature - lowered).MoveToOuterDisposeScope(),
            (alignments - at.Curvature.mv(b)).MoveToOuterDisposeScope());
    }
}

/// <summary>What the first projections of the last steps missed, and are likely to miss next.</summary>
/// <param name="Curvature">Of Lambda [k,k], row by row.</param>
/// <param name="Alignments">Of U grad L [k].</param>
public sealed record Misses(BackwardDifferences Curvature, BackwardDifferences Alignments)
{
    public static Misses None { get; } = new(BackwardDifferences.None, BackwardDifferences.None);

    /// <summary>With those of one step more.</summary>
    /// <param name="foreseen">Its first projection.</param>
    /// <param name="curvature">Lambda where it ended [k,k].</param>
    /// <param name="alignments">U grad L there [k].</param>
    internal Misses With(FirstProjection foreseen, Tensor curvature, Tensor alignments)
    {
        using var scope = NewDisposeScope();
        return new(
            Curvature.With((curvature - foreseen.Curvature).contiguous().data<double>().ToArray()),
            Alignments.With((alignments - foreseen.Alignments).data<double>().ToArray()));
    }

    /// <summary>Of the next step, in a frame of k directions; nothing where it is the first.</summary>
    internal (Tensor Curvature, Tensor Alignments) Next(int k) => (
        tensor(Curvature.Next() ?? new double[k * k]).view(k, k),
        tensor(Alignments.Next() ?? new double[k]));

    internal void Save(Snapshot to)
    {
        Curvature.Save(to.Part("curvature"));
        Alignments.Save(to.Part("alignments"));
    }

    internal static Misses Restored(Snapshot from) =>
        new(BackwardDifferences.Restored(from.Part("curvature")), BackwardDifferences.Restored(from.Part("alignments")));
}
