namespace Brink.Algebra;

/// <summary>A symmetric matrix A of p by p, known through its products only.</summary>
/// <param name="Dimension">p.</param>
/// <param name="Precision">Element type of the vectors it takes and gives.</param>
/// <param name="Times">Rows V [k,p] to rows V A [k,p]. The caller owns the result.</param>
public sealed record SymmetricOperator(long Dimension, ScalarType Precision, Func<Tensor, Tensor> Times)
{
    /// <summary>The operator of a dense symmetric matrix [p,p], which stays the caller's.</summary>
    public static SymmetricOperator Of(Tensor matrix) =>
        new(matrix.shape[0], matrix.dtype, rows => rows.mm(matrix));
}
