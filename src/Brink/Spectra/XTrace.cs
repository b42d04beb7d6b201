using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Estimates tr A with test vectors each of which sketches the range for all others, and samples what they leave:
/// XTrace (Epperly, Tropp and Webber 2024, section 2.3 and the implementation of their appendix).</summary>
/// <remarks>
/// <para>With k = m/2 normal test vectors w_i, Y = A W and Q_(i) an orthonormal basis of Y without its column i, the estimate
/// is the mean of the k numbers tr(Q_(i)^T A Q_(i)) + c_i r.Ar, r = (I - Q_(i) Q_(i)^T) w_i. The factor c_i = (p - k + 1) /
/// |r|^2 gives r the length that it has on average; its direction is uniform in the complement of Q_(i), so that the estimate
/// is unbiased.</para>
/// <para>One basis is enough: with Y = Q R, Q_(i) spans Q without the direction s_i, the column i of R^-T at length 1, which is
/// orthogonal to all other columns of R. Hence, with H = Q^T A Q, b_i = Q^T w_i, r_i the column i of R (Q^T A w_i) and u = b -
/// s (s.b): tr H - s.Hs + c (b.r - 2 u.r + u.Hu), and |r|^2 = |w|^2 - |u|^2. After the 2k products this takes O(p k^2).</para>
/// <para>The estimate is exact where the rank is below k. The k numbers share their vectors: the standard error of their mean
/// is the authors' estimate (section 2.3). Memory: four times k rows of p numbers.</para>
/// </remarks>
/// <param name="Products">Number m of products: at p or more the trace is computed exactly, from p products; below that at
/// least 4.</param>
/// <param name="Seed">Seed of the test vectors.</param>
public sealed record XTrace(int Products, long Seed = 0)
{
    /// <summary>Estimates tr A; NaN if a product is not finite.</summary>
    /// <exception cref="InvalidOperationException"><see cref="Products"/> is below 4 and below the dimension.</exception>
    public TraceEstimate Trace(SymmetricOperator A)
    {
        if (Products >= A.Dimension) return ExactTrace.Of(A);
        if (Products < 4) throw new InvalidOperationException($"Products is {Products}; XTrace needs at least 4");
        using var scope = NewDisposeScope();
        var k = Products / 2;
        var W = RandomRows.Draw(A, k, Seed, 0, ProbeDistribution.Gaussian);
        var Y = A.Times(W);
        if (!Y.isfinite().all().ToBoolean()) return new(double.NaN, double.NaN, k);
        var Q = Orthonormal.Complement(Y);
        var rank = (int)Q.shape[0];
        if (rank == 0) return new(0, 0, k);
        var AQ = A.Times(Q);
        if (!AQ.isfinite().all().ToBoolean()) return new(double.NaN, double.NaN, k + rank);
        var samples = Samples(Small(Q, AQ), Small(Q, Y), Small(Q, W), W.to(ScalarType.Float64).square().sum(dim: 1), A.Dimension);
        return TraceEstimate.Mean(samples, k + rank);

        static Tensor Small(Tensor left, Tensor right) => left.mm(right.t()).to(ScalarType.Float64);
    }

    /// <summary>Computes the k leave-one-out estimates from H [r,r], R [r,k], B [r,k] and |w|^2 [k].</summary>
    private static double[] Samples(Tensor H, Tensor R, Tensor B, Tensor lengths, long dimension)
    {
        using var scope = NewDisposeScope();
        var (rank, k) = (R.shape[0], R.shape[1]);
        // Where the columns are dependent none of them adds a direction of its own: the basis without it is
        // the same.
        var S = rank < k
            ? zeros_like(R)
            : linalg.solve_triangular(R.t(), eye(k, dtype: R.dtype), upper: false);
        if (rank == k) S = S / S.norm(0, keepdim: true);
        var U = B - (S * (S * B).sum(dim: 0, keepdim: true));
        var left = (B * R).sum(dim: 0) - (2 * (U * R).sum(dim: 0)) + (U * H.mm(U)).sum(dim: 0);
        var codimension = dimension - (rank < k ? rank : k - 1);
        var scaled = left * codimension / (lengths - U.square().sum(dim: 0));
        return (H.trace() - (S * H.mm(S)).sum(dim: 0) + scaled).data<double>().ToArray();
    }
}
