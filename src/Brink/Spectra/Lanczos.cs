using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Computes the algebraically largest and smallest eigenpairs of a symmetric operator from a random start: block
/// Lanczos with full reorthogonalisation and thick restarts.</summary>
/// <remarks>
/// <para>Largest and smallest are algebraic: a negative eigenvalue larger in magnitude than the positive ones does not count as
/// the largest.</para>
/// <para>A residual has to be at most Tolerance |value|: then |lambda - value| is too, and the sign is certain. A bound
/// relative to the largest magnitude would not ensure this for a small negative curvature. For values below Tolerance times the
/// largest magnitude |A|, a residual of Tolerance^2 |A| is enough: that is about the error of the other values (quadratic in
/// the residual), and a value below it counts as zero. No residual can be below rounding: each includes 16 eps |A|.</para>
/// <para>A Krylov space of block size b contains at most b copies of an eigenvalue, whatever its length. Once the wanted pairs
/// have converged, the search continues from fresh random directions, orthogonal to all rows so far, until the pairs no longer
/// change (<see cref="CopySearch"/>). It finds every multiplicity, of clusters as of equal values, even with Block 1, and
/// eigenvectors of which the start had too little. One pair from an end needs no such search: its copies would change
/// nothing.</para>
/// </remarks>
/// <param name="Top">Number of wanted pairs from above.</param>
/// <param name="Bottom">Number of wanted pairs from below; with few dimensions both ends may give the same pairs.</param>
/// <param name="Tolerance">Relative residual tolerance.</param>
/// <param name="Block">Rows multiplied at once.</param>
/// <param name="MaxBasis">Number of rows of p numbers that are kept, at least 2 (Top + Bottom) + 2 Block + 2; more rows mean
/// fewer products.</param>
/// <param name="MaxProducts">Number of products after which the present pairs are returned, not converged where a residual is
/// too large. A search for copies that is cut off leaves open whether there are more.</param>
/// <param name="Seed">Seed of the random directions.</param>
public sealed record Lanczos(
    int Top, int Bottom, double Tolerance, int Block = 1, int MaxBasis = 128, int MaxProducts = 2000, long Seed = 0)
{
    /// <summary>Computes the pairs of A. After a non-finite product they are NaN and not converged.</summary>
    /// <param name="A">The operator.</param>
    /// <param name="progress">Receives the number of products so far, after each block.</param>
    public ExtremePairs Solve(SymmetricOperator A, Action<int>? progress = null)
    {
        if (Top < 0 || Bottom < 0 || Top + Bottom < 1 || Block < 1)
            throw new InvalidOperationException(
                $"Top is {Top}, Bottom {Bottom} and Block {Block}; at least one pair is needed, and blocks of at least 1");
        if (MaxBasis < (2 * (Top + Bottom)) + (2 * Block) + 2)
            throw new InvalidOperationException(
                $"MaxBasis is {MaxBasis}; {Top + Bottom} pairs in blocks of {Block} need at least "
                    + $"{(2 * (Top + Bottom)) + (2 * Block) + 2}");
        using var scope = NewDisposeScope();
        var (capacity, block) = ((int)Math.Min(MaxBasis, A.Dimension), (int)Math.Min(Block, A.Dimension));
        // Each search leaves a waiting block. A search that changes the wanted values has found a pair.
        var searchesLeft = 2 * (Top + Bottom);
        using var basis = new KrylovBasis(A, capacity, block * (2 + searchesLeft));
        var (products, draws, untilConverged) = (0, 0L, 0);
        CopySearch? search = null;
        basis.Continue(Fresh(A, draws++));
        while (true)
        {
            using var inner = NewDisposeScope();
            products += basis.Active;
            basis.Extend();
            progress?.Invoke(products);
            if (!basis.IsFinite) return NotFinite(A, products);

            var (values, S, residuals, floor) = basis.Ritz();
            var state = new RitzEnds(values, S, residuals, floor, Tolerance, Wanted(Top, A), Wanted(Bottom, A));
            var settled = basis.Count == A.Dimension || products >= MaxProducts;
            if (state.Converged && !settled)
            {
                if (untilConverged == 0) untilConverged = products;
                if (search?.Unchanged(state.Wanted) == true)
                {
                    settled = basis.Active == 0 || search.IsEnough(basis, products, state.Wanted);
                    if (settled && state.MayMiss(basis.WaitingResiduals(S)))
                    {
                        // A missing eigenvector may be in part along the rows that wait.
                        settled = false;
                        basis.Resume(2 * block);
                        search.Interrupt();
                    }
                }
                else if (state.Wanted.All(end => end.Inner is null) || searchesLeft-- == 0)
                    settled = true;
                else
                {
                    search = new(state.Wanted, A.Dimension, block, basis.Count, products, untilConverged);
                    basis.Continue(Fresh(A, draws++));
                }
            }
            else if (!settled && basis.Next == 0)
            {
                basis.Continue(Fresh(A, draws++));
            }
            else if (!settled
                && (basis.Active == 0
                    || (basis.Active < basis.Next && (state with { Residuals = basis.ActiveResiduals(S, floor) }).Converged)))
            {
                // Only the waiting rows keep the pairs from converging.
                basis.Resume(2 * block);
                search?.Interrupt();
            }
            if (settled)
                return new(state.Pairs(basis, products, top: true), state.Pairs(basis, products, top: false), products);

            if (basis.Count + basis.Active <= capacity) continue;
            // Keep the wanted pairs and as many next to them: these contain most of what is known about the wanted ones.
            int[] kept = [.. Enumerable.Range(0, 2 * Top), .. Enumerable.Range(values.Length - (2 * Bottom), 2 * Bottom)];
            basis.Restart([.. kept.Select(i => values[i])], S.index_select(0, tensor(Array.ConvertAll(kept, i => (long)i))));
            search?.Interrupt();
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
            return new(nan, vectors, nan, products, converged: false);
        }
    }

    /// <summary>Both ends of the Ritz values of a basis.</summary>
    private sealed record RitzEnds(
        double[] All, Tensor S, double[] Residuals, double Floor, double Tolerance, int Top, int Bottom)
    {
        private IEnumerable<int> Upper => Enumerable.Range(0, Math.Min(Top, All.Length));

        private IEnumerable<int> Lower => Enumerable.Range(1, Math.Min(Bottom, All.Length)).Select(i => All.Length - i);

        /// <summary>The wanted values at both ends, times the sign of the end, the outermost first.</summary>
        public WantedEnd[] Wanted => [End(Upper, 1), End(Lower, -1)];

        public bool Converged => EndConverged(Upper, Top) && EndConverged(Lower, Bottom);

        /// <summary>Returns whether an eigenvalue next to a Ritz value that is not wanted may be further out than a wanted
        /// one.</summary>
        /// <param name="along">Residuals along the directions in which the space may be extended.</param>
        public bool MayMiss(double[] along) =>
            Enumerable.Range(Top, Math.Max(0, All.Length - Top - Bottom)).Any(i =>
                (Top > 0 && All[i] + along[i] > All[Top - 1] + Allowed(Top - 1))
                || (Bottom > 0 && All[i] - along[i] < All[^Bottom] - Allowed(All.Length - Bottom)));

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
                EndConverged(end, top ? Top : Bottom));
        }

        private bool EndConverged(IEnumerable<int> end, int wanted) =>
            end.Count() == wanted && end.All(i => Residuals[i] <= Allowed(i));

        private double Allowed(int i) =>
            Math.Max(Tolerance * Math.Max(Math.Abs(All[i]), Tolerance * All.Max(Math.Abs)), 2 * Floor);

        private WantedEnd End(IEnumerable<int> end, int sign) =>
            new(sign, [.. end.Select(i => sign * All[i])], [.. end.Select(Allowed)]);
    }
}

/// <param name="Top">The algebraically largest pairs, the largest first.</param>
/// <param name="Bottom">The algebraically smallest pairs, the smallest first.</param>
/// <param name="Products">Number of products with A for both.</param>
public sealed record ExtremePairs(Eigenpairs Top, Eigenpairs Bottom, int Products) : IDisposable
{
    /// <summary>True if the pairs at both ends met their tolerance.</summary>
    public bool Converged => Top.Converged && Bottom.Converged;

    /// <inheritdoc/>
    public void Dispose()
    {
        Top.Dispose();
        Bottom.Dispose();
    }
}
