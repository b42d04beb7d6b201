using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The algebraically largest eigenpairs of a slowly changing symmetric operator, each call starting
/// where the last one ended.</summary>
/// <remarks>
/// <para>Rayleigh-Ritz on a growing orthonormal basis (<see cref="RitzBasis"/>): the residuals of the Ritz vectors that are still
/// open extend it until all are small. From a single row it spans Lanczos' Krylov space, and it restarts thick; from a good start
/// it is Davidson's method, with what is known of the rest of the spectrum as its preconditioner.</para>
/// <para>Largest algebraic, never largest magnitude: a large negative curvature does not count as sharpness.
/// The tolerance is a residual relative to the eigenvalue, ||A v - lambda v|| at most tol |lambda|, whatever
/// the dimension.</para>
/// <para>Where the operator says at which parameters it stands, the wanted vectors start where their path leads
/// (<see cref="EigenvectorPath"/>); mostly one product with each of them then only confirms it.</para>
/// <para>Warm starts can be blind: where the old eigenvectors are still exact, residuals say nothing of a
/// new, larger eigenvalue outside their span. Hence the companions below the wanted pairs, to a loose
/// tolerance. The last of them takes a little noise and at least one step along its residual whenever they are measured: a
/// challenger grows in it, and is seen before it crosses. While the gap is wide compared to how fast it closes, companions
/// may rest for some calls, and take more steps afterwards; what is said of them meanwhile is what was last measured.</para>
/// </remarks>
/// <param name="Pairs">Wanted pairs k, at least 1.</param>
/// <param name="Tolerance">Of their residuals, relative to the eigenvalue.</param>
/// <param name="Companions">Pairs below them, at least 1. An operator of dimension p gives at most p pairs in
/// all.</param>
/// <param name="CompanionTolerance">Of the companions' residuals; the error of their values is about its
/// square.</param>
/// <param name="MaxProducts">Products after which a call gives what it has, not converged.</param>
/// <param name="Seed">Of the random start and of the noise.</param>
/// <param name="Rests">Calls in a row for which the companions may rest; 0 measures them always.</param>
public sealed record EigenpairTracker(
    int Pairs,
    double Tolerance,
    int Companions = 1,
    double CompanionTolerance = 0.1,
    int MaxProducts = 400,
    long Seed = 0,
    int Rests = 0)
{
    // Up to this dimension the whole matrix is formed and decomposed: exact, and cheaper than iterating.
    private const int DenseDimension = 32;
    private const double Noise = 1e-3;

    // Calls in a row for which the last companion need not step, and how wide the gap must be for that, relative to the eigenvalue:
    // a challenger that nobody has seen would have to grow by a fortieth of it a call.
    private const int LongestStand = 8;
    private const double WideGap = 0.2;

    // Of a basis and its products, where that is enough for a restart.
    private const long BasisBytes = 1L << 30;

    // Share of a vector's error that its first-order correction leaves, about.
    private const double Corrected = 0.3;

    /// <summary>The pairs of A, from those of the operator before it, or from random rows where there is
    /// none.</summary>
    public Eigenpairs Track(SymmetricOperator A, Eigenpairs? previous = null)
    {
        if (Pairs < 1 || Companions < 1)
            throw new InvalidOperationException($"{Pairs} pairs and {Companions} companions asked for; at least 1 of each");
        using var scope = NewDisposeScope();
        if (A.Dimension <= DenseDimension) return From(eye(A.Dimension, dtype: A.Precision), A, previous, previous?.Draws ?? 0);
        // Values that are not finite come from a product that was not: its vectors are no start.
        var warm = previous is not null && previous.Vectors.shape[1] == A.Dimension && previous.Values.All(double.IsFinite)
            ? previous
            : null;
        var draws = previous?.Draws ?? 0;
        var resting = warm is not null && warm.Rested < Rests ? Resting.Below(Pairs, warm, A.Precision) : null;
        var stands = false;
        var start = Wanted(A, warm);
        if (resting?.Rows.shape[0] != Companions)
        {
            resting = null;
            stands = warm is not null && MayStand(warm);
            start.AddRange(Below(A, warm, start.Count, noisy: !stands, ref draws));
        }
        return From(Orthonormal.Complement(start, []), A, previous, draws, resting, stands);
    }

    /// <param name="V">Rows that the iteration starts from [m,p].</param>
    /// <param name="A">[p,p].</param>
    /// <param name="previous">Whose signs and path go on.</param>
    /// <param name="draws">Random rows drawn so far.</param>
    /// <param name="resting">The companions, where they are not in V.</param>
    /// <param name="stands">Whether the last companion need not step.</param>
    internal Eigenpairs From(
        Tensor V, SymmetricOperator A, Eigenpairs? previous, long draws, Resting? resting = null, bool stands = false)
    {
        using var scope = NewDisposeScope();
        // Thick restarts keep twice the pairs; the room above that is what a Krylov space needs to make headway. Of millions of
        // parameters it has as much as memory allows, and at least a step of every pair.
        var kept = 2 * (Pairs + Companions);
        var room = (BasisBytes / (2 * A.Dimension * A.Precision.ElementSize())) - kept;
        var most = (int)Math.Min(A.Dimension, kept + Math.Clamp(room, Pairs + Companions, 24));
        using var basis = new RitzBasis(A, Math.Max(most, (int)V.shape[0]), Pairs + Companions);
        basis.Add(V);
        var repairs = basis.Repair() ? 1 : 0;
        var bulk = previous?.Bulk ?? double.NaN;
        // Of the last companion: enough to tell a challenger that came up since the last ones from noise.
        var steps = stands ? 0 : 1 + ((previous?.Stood ?? 0) / LongestStand);
        var stepped = false;
        while (true)
        {
            using var inner = NewDisposeScope();
            var ritz = new Ritz(basis, resting is null ? Pairs + Companions : Pairs);
            var open = Open(ritz, mustStep: resting is null && steps-- > 0);
            stepped |= resting is null && open.Contains(ritz.Values.Length - 1);
            Tensor? extension = null;
            if (basis.IsFinite && basis.Products < MaxProducts)
            {
                if (open.Count > 0)
                {
                    extension = Orthonormal.Complement(ritz.Directions(open, resting, bulk), basis.Vectors);
                }
                else if (resting is not null && IsDue(ritz, previous!, resting))
                {
                    extension = Orthonormal.Complement(Below(A, previous, Pairs, noisy: true, ref draws), basis.Vectors);
                    resting = null;
                }
            }
            if (extension is null || extension.shape[0] == 0)
            {
                var converged = basis.IsFinite && (basis.Count == A.Dimension || Open(ritz, mustStep: false).Count == 0);
                return Result(A, basis, ritz, converged, previous, draws, repairs, resting, bulk, stepped);
            }
            if (basis.Count + extension.shape[0] > most)
            {
                var rows = Math.Min(kept, basis.Count);
                basis.Restart(ritz.All[..rows], ritz.First(rows));
                if (basis.Repair()) repairs++;
            }
            basis.Add(extension);
            // At right angles to all that is known, the companions too: what the rest of the spectrum looks like from here.
            if (resting is null) bulk = basis.LastQuotient;
        }
    }

    /// <summary>The Ritz pairs that still need work; the last companion counts as one until it has
    /// stepped.</summary>
    private List<int> Open(Ritz ritz, bool mustStep)
    {
        var open = new List<int>();
        var last = ritz.Values.Length - 1;
        for (var i = 0; i <= last; i++)
        {
            // A companion near zero curvature has no eigenvalue to be relative to: the largest one is its
            // scale.
            var bound = i < Pairs ? Tolerance * Math.Abs(ritz.Values[i]) : CompanionTolerance * ritz.Largest;
            if (ritz.Residuals[i] > Math.Max(mustStep && i == last && i >= Pairs ? 0 : bound, ritz.Floor)) open.Add(i);
        }
        return open;
    }

    /// <summary>Whether the last companion, where it is measured, need not step: what may have come up below it since it last did is
    /// too far from the wanted pairs.</summary>
    private bool MayStand(Eigenpairs previous) =>
        previous.Gap is { } gap
        && gap.Wanted == Pairs
        && previous.Stood < LongestStand
        && gap.Width > WideGap * Math.Abs(previous.Values[Pairs - 1])
        && !gap.MayClose(previous.Values[Pairs - 1], previous.Values[Pairs], previous.Stood + 1);

    /// <summary>Whether a resting companion may have overtaken; or whether what the wanted pairs needed has shown a larger value
    /// than its own.</summary>
    private bool IsDue(Ritz ritz, Eigenpairs previous, Resting resting) =>
        previous.Gap is not { } gap
        || gap.Wanted != Pairs
        || gap.MayClose(ritz.Values[Pairs - 1], resting.Values[0], previous.Rested + 1)
        || (ritz.All.Length > Pairs && ritz.All[Pairs] > Math.Max(resting.Values[0], resting.Expected[0]));

    private List<Tensor> Wanted(SymmetricOperator A, Eigenpairs? warm)
    {
        if (warm is null) return [];
        List<Tensor> rows = A.At is not null && warm.Path is { } path && path.Rows <= Pairs
            ? [.. path.Predicted(A.At).to(A.Precision).unbind()]
            : [];
        if (rows.Count < Pairs) rows.AddRange(warm.Rows(rows.Count, Pairs).to(A.Precision).unbind());
        return rows;
    }

    /// <summary>Rows for the companions, and for pairs that were not there before; the last companion with a little noise where it
    /// will step.</summary>
    private List<Tensor> Below(SymmetricOperator A, Eigenpairs? warm, int above, bool noisy, ref long draws)
    {
        var all = (int)Math.Min(Pairs + Companions, A.Dimension);
        List<Tensor> rows = warm is null ? [] : [.. warm.Rows(above, all).to(A.Precision).unbind()];
        if (noisy && rows.Count > 0 && above + rows.Count == all) rows[^1] = rows[^1] + (Noise * RandomRows.Unit(A, Seed, draws++));
        while (above + rows.Count < all) rows.Add(RandomRows.Unit(A, Seed, draws++));
        return rows;
    }

    private Eigenpairs Result(
        SymmetricOperator A, RitzBasis basis, Ritz ritz, bool converged, Eigenpairs? previous, long draws, int repairs, Resting? resting, double bulk, bool stepped)
    {
        using var scope = NewDisposeScope();
        var vectors = ritz.Vectors(previous is null || previous.Vectors.shape[1] != A.Dimension ? [] : previous.AllRows(A.Precision));
        var wanted = Math.Min(Pairs, ritz.Values.Length);
        double[] values = [.. ritz.Values, .. resting?.Values ?? []];
        return new(
            values,
            vectors.DetachFromDisposeScope(),
            [.. ritz.Residuals, .. resting?.Residuals ?? []],
            basis.Products,
            converged,
            draws)
        {
            Companions = resting?.Rows.alias().DetachFromDisposeScope(),
            Path = A.At is null || !ritz.IsFinite ? null : Path(A.At, basis, ritz, vectors, wanted, previous?.Path, resting, bulk),
            Rested = resting is null ? 0 : previous!.Rested + 1,
            Stood = stepped ? 0 : (previous?.Stood ?? 0) + 1,
            Gap = resting is null ? SpectralGap.Measured(values, wanted, previous) : previous!.Gap,
            Bulk = bulk,
            Repairs = repairs,
        };
    }

    /// <summary>The path goes on with the vectors as their residuals correct them, to first order: without a
    /// product.</summary>
    private static EigenvectorPath Path(
        Tensor at, RitzBasis basis, Ritz ritz, Tensor vectors, int wanted, EigenvectorPath? before, Resting? resting, double bulk)
    {
        using var scope = NewDisposeScope();
        var below = resting?.Values[0] ?? (ritz.Values.Length > wanted ? ritz.Values[wanted] : bulk);
        var error = Enumerable.Range(0, wanted).Max(i => ritz.Residuals[i] / Math.Max(ritz.Values[i] - below, 1e-3 * ritz.Largest));
        var frame = vectors.narrow(0, 0, wanted);
        if (double.IsFinite(bulk))
        {
            frame = ritz.Corrected(wanted, resting, bulk);
            basis.Dispose();   // of millions of parameters its room is needed
            frame = Orthonormal.Complement([frame], []);
            error *= Corrected;
        }
        return before is not null && before.Rows == wanted ? before.With(at, frame, error) : EigenvectorPath.From(at, frame, error);
    }
}

/// <summary>Companions that are not measured in a call: rows [c,p], orthonormal, with their values and residuals when they
/// were, and the values that they are likely to have.</summary>
internal sealed record Resting(Tensor Rows, double[] Values, double[] Residuals, double[] Expected)
{
    public static Resting Below(int pairs, Eigenpairs warm, ScalarType precision)
    {
        var count = Math.Max(0, warm.Values.Count - pairs);
        double[] values = [.. warm.Values.TakeLast(count)];
        return new(
            warm.Rows(pairs, warm.Values.Count).to(precision),
            values,
            [.. warm.Residuals.TakeLast(count)],
            [.. values.Select(value => warm.Gap?.Expected(value, warm.Rested + 1) ?? value)]);
    }
}
