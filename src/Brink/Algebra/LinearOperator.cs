namespace Brink.Algebra;

/// <summary>A matrix A of p by p without symmetry, known through its products only.</summary>
/// <param name="Dimension">The dimension p.</param>
/// <param name="Precision">Element type of its arguments and results.</param>
/// <param name="Times">Maps v [p] to A v [p]. The caller owns the result.</param>
public sealed record LinearOperator(long Dimension, ScalarType Precision, Func<Tensor, Tensor> Times);
