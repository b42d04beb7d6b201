using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The algebraically largest and smallest eigenpairs of a symmetric operator, from nothing: block
/// Lanczos with full reorthogonalisation and thick restarts.</summary>
/// <remarks>
/// <para>Largest and smallest are algebraic: a negative end larger in magnitude than the positive one is no
/// top.</para>
/// <para>A residual is to meet Tolerance |value|: then |lambda - value| is below that too, and the sign is
/// certain, which a bound relative to the largest magnitude would not give for a small negative curvature.
/// Values below Tolerance times the largest magnitude |A| need Tolerance^2 |A| only: that is about what the
/// others' errors are (quadratic in the residual), and below it a value is zero. No residual can be asked for
/// below rounding: 16 eps |A| are part of each that is given.</para>
/// <para>A Krylov space of b rows holds at most b copies of an eigenvalue: choose Block as large as the
/// multiplicity that matters. Only where the space becomes invariant (low rank, few distinct eigenvalues) are
/// further copies looked for, in fresh random directions, until one adds nothing to what is wanted, or has
/// taken as many products as were needed before it.</para>
/// </remarks>
/// <param name="Top">Wanted pairs from above.</param>
/// <param name="Bottom">Wanted pairs from below; of an operator of few dimensions both may give the
/// same.</param>
/// <param name="Tolerance">Of the residuals, relative.</param>
/// <param name="Block">Rows multiplied at once.</param>
/// <param name="MaxBasis">Rows of p numbers that are kept; more means fewer products. At least 2 (Top +
/// Bottom) + 2 Block + 2.</param>
/// <param name="MaxProducts">After these it gives what it has, not converged.</param>
/// <param name="Seed">Of the random directions.</param>
public sealed record Lanczos(
    int Top, int Bottom, double Tolerance, int Block = 1, int MaxBasis = 128, int MaxProducts = 2000, long Seed = 0)
{
    /// <summary>The pairs of A. A product that is not finite gives NaN, not converged.</summary>
    /// <param name="A">The operator.</param>
    /// <param name="progress">Told the products so far, after each block.</param>
    public ExtremePairs Solve(SymmetricOperator A, Action<int>? progress = null)
    {
        if (Top < 0 || Bottom < 0 || Top + Bottom < 1 || Block < 1)
            throw new InvalidOperationException($"{Top} pairs from above and {Bottom} from below, in blocks of {Block}; at least 1");
        if (MaxBasis < (2 * (Top + Bottom)) + (2 * Block) + 2)
            throw new InvalidOperationException(
                $"a basis of {MaxBasis} rows; {Top + Bottom} pairs in blocks of {Block} need at least "
                    + $"{(2 * (Top + Bottom)) + (2 * Block) + 2}");
        using var scope = NewDisposeScope();
        var capacity = (int)Math.Min(MaxBasis, A.Dimension);
        using var basis = new KrylovBasis(A, capacity, (int)Math.Min(Block, A.Dimension));
        var (products, draws, invariantAt) = (0, 0L, 0);
        double[]? invariant = null;   // the wanted values when the space was invariant last
        basis.Continue(Fresh(A, draws++));
        while (true)
        {
            using var inner = NewDisposeScope();
            products += basis.Next;
            basis.Extend();
            progress?.Invoke(products);
            if (!basis.IsFinite) return NotFinite(A, products);

            var (values, S, residuals, floor) = basis.Ritz();
            var state = new RitzEnds(values, S, residuals, floor, Tolerance, Wanted(Top, A), Wanted(Bottom, A));
            var settled = basis.Count == A.Dimension;
            if (basis.Next == 0)
            {
                settled |= state.Converged && invariant is not null && state.Same(invariant);
                (invariant, invariantAt) = (state.Values, products);
                if (!settled) basis.Continue(Fresh(A, draws++));
            }
            else
            {
                settled |= state.Converged && (invariant is null || products >= 2 * invariantAt);
            }
            if (settled || products >= MaxProducts)
                return new(state.Pairs(basis, products, top: true), state.Pairs(basis, products, top: false), products);

            if (basis.Count + basis.Next <= capacity) continue;
            // The wanted pairs, and as many behind each: they have most of what was learnt about them.
            int[] kept = [.. Enumerable.Range(0, 2 * Top), .. Enumerable.Range(values.Length - (2 * Bottom), 2 * Bottom)];
            basis.Restart([.. kept.Select(i => values[i])], S.index_select(0, tensor(Array.ConvertAll(kept, i => (long)i))));
        }
    }

    private Tensor Fresh(SymmetricOperator A, long draw) =>
        RandomRows.Draw(A, Math.Min(Block, A.Dimension), Seed, draw, ProbeDistribution.Gaussian);

    private static int Wanted(int pairs, SymmetricOperator A) => (int)Math.Min(pairs, A.Dimension);

    private ExtremePairs NotFinite(SymmetricOperator A, int products)
    {
        return new(Pairs(Wanted(Top, A)), Pairs(Wanted(Bottom, A)), products);

        Eigenpairs Pairs(int count)
        {
            double[] nan = [.. Enumerable.Repeat(double.NaN, count)];
            var vectors = full(count, A.Dimension, double.NaN, dtype: A.Precision).DetachFromDisposeScope();
            return new(nan, vectors, nan, products, converged: false, draws: 0);
        }
    }

    /// <summary>Both ends of the Ritz values of a basis.</summary>
    private sealed record RitzEnds(
        double[] All, Tensor S, double[] Residuals, double Floor, double Tolerance, int Top, int Bottom)
    {
        private IEnumerable<int> Upper => Enumerable.Range(0, Math.Min(Top, All.Length));

        private IEnumerable<int> Lower => Enumerable.Range(1, Math.Min(Bottom, All.Length)).Select(i => All.Length - i);

        public double[] Values => [.. Upper.Concat(Lower).Select(i => All[i])];

        public bool Converged => EndConverged(Upper, Top) && EndConverged(Lower, Bottom);

        public bool Same(double[] values) =>
            values.Length == Values.Length && Values.Zip(values).All(pair => Math.Abs(pair.First - pair.Second) <= Floor);

        public Eigenpairs Pairs(KrylovBasis basis, int products, bool top)
        {
            using var scope = NewDisposeScope();
            int[] end = [.. top ? Upper : Lower];
            var rows = S.index_select(0, tensor(Array.ConvertAll(end, i => (long)i), dtype: ScalarType.Int64));
            return new(
                [.. end.Select(i => All[i])],
                basis.Vectors(rows).DetachFromDisposeScope(),
                [.. end.Select(i => Residuals[i])],
                products,
                EndConverged(end, top ? Top : Bottom),
                draws: 0);
        }

        private bool EndConverged(IEnumerable<int> end, int wanted)
        {
            var largest = All.Max(Math.Abs);
            return end.Count() == wanted && end.All(i =>
                Residuals[i] <= Math.Max(Tolerance * Math.Max(Math.Abs(All[i]), Tolerance * largest), 2 * Floor));
        }
    }
}

/// <param name="Top">The algebraically largest pairs, the largest first.</param>
/// <param name="Bottom">The algebraically smallest, the smallest first.</param>
/// <param name="Products">Products with A for both.</param>
public sealed record ExtremePairs(Eigenpairs Top, Eigenpairs Bottom, int Products) : IDisposable
{
    public bool Converged => Top.Converged && Bottom.Converged;

    public void Dispose()
    {
        Top.Dispose();
        Bottom.Dispose();
    }
}
