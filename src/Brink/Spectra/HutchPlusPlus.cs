using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Estimates tr A as the exact trace on a sketch of A's range, plus Hutchinson's estimate on its complement: Hutch++
/// (Meyer, Musco, Musco and Woodruff 2021, Algorithm 1).</summary>
/// <remarks>With Q an orthonormal basis of A S for k = m/3 random signs S, the estimate is tr(Q A Q^T) + mean of z.Az over z
/// orthogonal to Q. It is exact where the rank is at most k. The error comes from the second part alone, and falls as 1/m where
/// eigenvalues decay. Memory: three times k rows of p numbers.</remarks>
/// <param name="Products">Number m of products, at least 6; at p or more the trace is computed exactly, from p
/// products.</param>
/// <param name="Seed">Seed of the signs.</param>
public sealed record HutchPlusPlus(int Products, long Seed = 0)
{
    /// <summary>Estimates tr A; NaN if a product of the sketch is not finite.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Products"/> is below 6.</exception>
    public TraceEstimate Trace(SymmetricOperator A)
    {
        if (Products < 6) throw new InvalidOperationException($"Products is {Products}; Hutch++ needs at least 6");
        if (Products >= A.Dimension) return ExactTrace.Of(A);
        using var scope = NewDisposeScope();
        var k = Products / 3;
        var sketch = A.Times(RandomRows.Draw(A, k, Seed, 0, ProbeDistribution.Rademacher));
        if (!sketch.isfinite().all().ToBoolean()) return new(double.NaN, double.NaN, k);
        var Q = Orthonormal.Complement(sketch);
        var onRange = Q.shape[0] == 0 ? 0 : (Q * A.Times(Q)).sum(ScalarType.Float64).ToDouble();
        var remainder = Hutchinson.Samples(A, Products - (2 * k), Seed, draw: 1, outside: Q);
        return TraceEstimate.Mean(remainder, Products - k + (int)Q.shape[0], onRange);
    }
}
