using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The algebraically largest eigenpairs of a slowly changing symmetric operator, each call starting
/// where the last one ended.</summary>
/// <remarks>
/// <para>Rayleigh-Ritz on a growing orthonormal basis V: the residuals of the Ritz vectors that are still
/// open extend V until all are small (Davidson's method without a preconditioner; from a single row it spans
/// Lanczos' Krylov space, and it restarts thick). V and its products are kept in full, so that nothing rests
/// on a three-term recurrence that float32 would spoil.</para>
/// <para>Largest algebraic, never largest magnitude: a large negative curvature does not count as sharpness.
/// The tolerance is a residual relative to the eigenvalue, ||A v - lambda v|| at most tol |lambda|, whatever
/// the dimension.</para>
/// <para>A wanted vector starts not where it was but where its last two steps say that it is going.</para>
/// <para>Warm starts can be blind: where the old eigenvectors are still exact, residuals say nothing of a
/// new, larger eigenvalue outside their span. Hence the companions below the wanted pairs, to a loose
/// tolerance. The last of them takes a little noise and at least one step along its residual at every call: a
/// challenger grows in it, call by call, and is seen before it crosses.</para>
/// </remarks>
/// <param name="Pairs">Wanted pairs k, at least 1.</param>
/// <param name="Tolerance">Of their residuals, relative to the eigenvalue.</param>
/// <param name="Companions">Pairs below them, at least 1. An operator of dimension p gives at most p pairs in
/// all.</param>
/// <param name="CompanionTolerance">Of the companions' residuals; the error of their values is about its
/// square.</param>
/// <param name="MaxProducts">Products after which a call gives what it has, not converged.</param>
/// <param name="Seed">Of the random start and of the noise.</param>
public sealed record EigenpairTracker(
    int Pairs,
    double Tolerance,
    int Companions = 1,
    double CompanionTolerance = 0.1,
    int MaxProducts = 400,
    long Seed = 0)
{
    // Up to this dimension the whole matrix is formed and decomposed: exact, and cheaper than iterating.
    private const int DenseDimension = 32;
    private const double Noise = 1e-3;

    /// <summary>The pairs of A, from those of the operator before it, or from random rows where there is
    /// none.</summary>
    public Eigenpairs Track(SymmetricOperator A, Eigenpairs? previous = null)
    {
        if (Pairs < 1 || Companions < 1)
            throw new InvalidOperationException($"{Pairs} pairs and {Companions} companions asked for; at least 1 of each");
        using var scope = NewDisposeScope();
        return A.Dimension <= DenseDimension ? Dense(A, previous) : Iterated(A, previous);
    }

    private Eigenpairs Dense(SymmetricOperator A, Eigenpairs? previous)
    {
        var identity = eye(A.Dimension, dtype: A.Precision);
        var ritz = Ritz.Of(identity, A.Times(identity));
        return Result(ritz, (int)A.Dimension, ritz.IsFinite, previous, previous?.Draws ?? 0, repairs: 0);
    }

    private Eigenpairs Iterated(SymmetricOperator A, Eigenpairs? previous)
    {
        var draws = previous?.Draws ?? 0;
        return From(Orthonormal.Complement(Start(A, previous, ref draws)), A, previous, draws);
    }

    /// <param name="V">Rows that the iteration starts from [m,p]; freed here.</param>
    /// <param name="A">[p,p].</param>
    /// <param name="previous">Whose signs and drift go on.</param>
    /// <param name="draws">Random rows drawn so far.</param>
    internal Eigenpairs From(Tensor V, SymmetricOperator A, Eigenpairs? previous, long draws)
    {
        using var scope = NewDisposeScope();
        var AV = A.Times(V);
        var (products, repairs) = ((int)V.shape[0], 0);
        // Thick restarts keep twice the pairs; the room above that is what a Krylov space needs to make
        // headway.
        var largest = (int)Math.Min(A.Dimension, (2 * (Pairs + Companions)) + 24);

        for (var round = 0; ; round++)
        {
            using var inner = NewDisposeScope();
            // Of oblique rows Rayleigh and Ritz make eigenvalues that A does not have; restarts add up what they round off.
            if (!Orthonormal.Holds(V))
            {
                var upright = Orthonormal.Complement(V);
                var itsProducts = A.Times(upright);
                V.Dispose();
                AV.Dispose();
                (V, AV) = (upright.MoveToOuterDisposeScope(), itsProducts.MoveToOuterDisposeScope());
                (products, repairs) = (products + (int)V.shape[0], repairs + 1);
            }
            var ritz = Ritz.Of(V, AV);
            var open = ritz.IsFinite ? Open(ritz, lastSteps: round == 0) : [];
            var extension = open.Count == 0 ? null : Orthonormal.Complement(stack(open.Select(ritz.Residual)), V);
            if (extension is null || extension.shape[0] == 0 || products >= MaxProducts)
            {
                var converged = ritz.IsFinite && Open(ritz, lastSteps: false).Count == 0;
                return Result(ritz, products, converged, previous, draws, repairs);
            }
            var (keptV, keptAV) = (V, AV);
            if (V.shape[0] + extension.shape[0] > largest)
            {
                var kept = Math.Min(2 * (Pairs + Companions), (int)V.shape[0]);
                (keptV, keptAV) = (ritz.Vectors.narrow(0, 0, kept), ritz.Products.narrow(0, 0, kept));
            }
            products += (int)extension.shape[0];
            var (nextV, nextAV) = (cat([keptV, extension]), cat([keptAV, A.Times(extension)]));
            V.Dispose();
            AV.Dispose();
            (V, AV) = (nextV.MoveToOuterDisposeScope(), nextAV.MoveToOuterDisposeScope());
        }
    }

    /// <summary>The Ritz pairs that still need work; the last companion counts as one until it has
    /// stepped.</summary>
    private List<int> Open(Ritz ritz, bool lastSteps)
    {
        // Rounding of a product is eps times the largest value: a residual of a few of them is zero.
        var floor = 16 * ritz.Epsilon * ritz.Largest;
        var open = new List<int>();
        var last = Math.Min(Pairs + Companions, ritz.Values.Length) - 1;
        for (var i = 0; i <= last; i++)
        {
            // A companion near zero curvature has no eigenvalue to be relative to: the largest one is its
            // scale.
            var bound = i < Pairs ? Tolerance * Math.Abs(ritz.Values[i]) : CompanionTolerance * ritz.Largest;
            var mustStep = i == last && i >= Pairs && lastSteps;
            if (ritz.Residuals[i] > Math.Max(mustStep ? 0 : bound, floor)) open.Add(i);
        }
        return open;
    }

    private Tensor Start(SymmetricOperator A, Eigenpairs? previous, ref long draws)
    {
        var rows = new List<Tensor>();
        // Vectors that are not finite come from a product that was not: they are no start.
        if (previous is not null && previous.Vectors.shape[1] == A.Dimension && previous.Vectors.isfinite().all().ToBoolean())
        {
            rows.AddRange(previous.Vectors.to(A.Precision).unbind());
            if (previous.Drift is { } drift && drift.Step.isfinite().all().ToBoolean())
                for (var i = 0; i < Math.Min(rows.Count, drift.Persistence.Count); i++)
                    rows[i] = rows[i] + (drift.Persistence[i] * drift.Step[i].to(A.Precision));
            if (rows.Count == Pairs + Companions) rows[^1] = rows[^1] + Noise * RandomRows.Unit(A, Seed, draws++);
        }
        while (rows.Count < Math.Min(Pairs + Companions, A.Dimension)) rows.Add(RandomRows.Unit(A, Seed, draws++));
        return stack(rows);
    }

    private Eigenpairs Result(Ritz ritz, int products, bool converged, Eigenpairs? previous, long draws, int repairs)
    {
        var count = Math.Min(Pairs + Companions, ritz.Values.Length);
        var vectors = ritz.Vectors.narrow(0, 0, count).clone();
        if (previous is not null) KeepSigns(vectors, previous.Vectors);
        return new(
            [.. ritz.Values.Take(count)],
            vectors.DetachFromDisposeScope(),
            [.. ritz.Residuals.Take(count)],
            products,
            converged,
            draws)
        {
            Drift = Drifted(vectors, previous),
            Repairs = repairs,
        };
    }

    /// <summary>Along gradient descent an eigenvector goes on as it went, and at the edge it swings with the parameters: where
    /// it is likely to be next is known to second order.</summary>
    private EigenvectorDrift? Drifted(Tensor vectors, Eigenpairs? previous)
    {
        if (previous is null || previous.Vectors.shape[1] != vectors.shape[1]) return null;
        using var scope = NewDisposeScope();
        var count = Math.Min(Pairs, Math.Min(vectors.shape[0], previous.Vectors.shape[0]));
        var step = vectors.narrow(0, 0, count) - previous.Vectors.narrow(0, 0, count).to(vectors.dtype);
        var persistence = new double[count];
        if (previous.Drift is { } before && before.Step.shape[0] >= count)
        {
            var last = before.Step.narrow(0, 0, count).to(vectors.dtype);
            var shares = ((step * last).sum(dim: 1) / last.square().sum(dim: 1)).nan_to_num().clamp(-1, 1);
            persistence = shares.to(ScalarType.Float64).data<double>().ToArray();
        }
        return new(step.DetachFromDisposeScope(), persistence);
    }

    /// <summary>Eigenvectors have no sign of their own: each is given the one that continues the vector
    /// before it.</summary>
    private static void KeepSigns(Tensor vectors, Tensor previous)
    {
        if (vectors.shape[1] != previous.shape[1]) return;
        for (var i = 0; i < Math.Min(vectors.shape[0], previous.shape[0]); i++)
            if (vectors[i].dot(previous[i].to(vectors.dtype)).ToDouble() < 0) vectors[i].neg_();
    }
}
