using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>One call of a tracker.</summary>
/// <param name="parameters">Parameters of the tracker.</param>
/// <param name="A">Operator [p,p].</param>
/// <param name="previous">State after the previous call; null for a random start.</param>
internal sealed class TrackerCall(EigenpairParameters parameters, SymmetricOperator A, TrackerState? previous)
{
    // Up to this dimension the whole matrix is formed and decomposed: exact, and cheaper than iterating.
    private const int DenseDimension = 32;
    private const double Noise = 1e-3;

    // Largest number of consecutive calls in which the last guard vector need not step, and the gap that this needs, relative
    // to the eigenvalue. To be missed, an emerging eigenvalue would have to grow by a fortieth of it per call.
    private const int MaxCallsWithoutExpansion = 8;
    private const double WideGap = 0.2;

    // Memory of a basis and its products, unless a restart needs more.
    private const long BasisBytes = 1L << 30;

    // Approximate share of a vector's error that its first-order correction leaves.
    private const double Corrected = 0.3;

    private readonly int _wanted = parameters.Pairs, _all = parameters.Pairs + parameters.Guards;
    private long _draws = previous?.Draws ?? 0;
    private double _bulk = previous?.Bulk ?? double.NaN;
    private StaleGuards? _stale;   // null where guard vectors are refreshed
    private bool _skipsExpansion;       // the last guard vector need not be expanded
    private bool _lastGuardExpanded;         // the last guard vector has been expanded
    private int _repairs;

    /// <summary>Runs the call and returns the state after it.</summary>
    public TrackerState Next()
    {
        using var scope = NewDisposeScope();
        if (A.Dimension <= DenseDimension) return NextFrom(eye(A.Dimension, dtype: A.Precision));
        // Non-finite values come from a non-finite product: its vectors are not a valid start.
        var warm = previous is not null && previous.Pairs.Vectors.shape[1] == A.Dimension && previous.Pairs.Values.All(double.IsFinite)
            ? previous
            : null;
        _stale = warm is not null && warm.GuardAge < parameters.RefreshAfter ? StaleGuards.Of(warm, _wanted, A.Precision) : null;
        var start = Wanted(warm);
        if (_stale?.Rows.shape[0] != parameters.Guards)
        {
            _stale = null;
            _skipsExpansion = warm is not null && NeedsNoExpansion(warm);
            start.AddRange(Below(warm, start.Count, noisy: !_skipsExpansion));
        }
        return NextFrom(Orthonormal.Complement(start, []));
    }

    /// <param name="V">Orthonormal rows [m,p] that the iteration starts from.</param>
    internal TrackerState NextFrom(Tensor V)
    {
        using var scope = NewDisposeScope();
        // Thick restarts keep twice the pairs; a Krylov space needs the rows above that to make progress. With millions of
        // parameters these are as many as memory allows, but at least one for a step of every pair.
        var kept = 2 * _all;
        var free = (BasisBytes / (2 * A.Dimension * A.Precision.ElementSize())) - kept;
        var most = (int)Math.Min(A.Dimension, kept + Math.Clamp(free, _all, Math.Max(_all, 24)));
        using var basis = new RitzBasis(A, Math.Max(most, (int)V.shape[0]), _all);
        basis.Add(V);
        if (basis.Repair()) _repairs++;
        // Expansions of the last guard vector: enough to distinguish an eigenvalue that emerged since the last ones from noise.
        var steps = _skipsExpansion ? 0 : 1 + ((previous?.ExpansionAge ?? 0) / MaxCallsWithoutExpansion);
        while (true)
        {
            using var inner = NewDisposeScope();
            var ritz = new Ritz(basis, _stale is null ? _all : _wanted);
            var open = Open(ritz, expandsLast: _stale is null && steps-- > 0);
            _lastGuardExpanded |= _stale is null && open.Contains(ritz.Values.Length - 1);
            var extension = basis.IsFinite && basis.Products < parameters.MaxProducts ? Extension(basis, ritz, open) : null;
            if (extension is null || extension.shape[0] == 0)
                return Result(basis, ritz, basis.IsFinite && (basis.Count == A.Dimension || Open(ritz, expandsLast: false).Count == 0));
            if (basis.Count + extension.shape[0] > most)
            {
                var rows = Math.Min(kept, basis.Count);
                basis.Restart(ritz.All[..rows], ritz.First(rows));
                if (basis.Repair()) _repairs++;
            }
            basis.Add(extension);
            // The new row is orthogonal to all known vectors, the guard vectors too: its quotient samples the rest of the
            // spectrum.
            if (_stale is null) _bulk = basis.LastQuotient;
        }
    }

    /// <summary>Returns the rows [j,p] that extend the basis: directions of the open pairs, or the guard vectors if they turn
    /// out to need a refresh. Null if nothing is missing.</summary>
    private Tensor? Extension(RitzBasis basis, Ritz ritz, List<int> open)
    {
        if (open.Count > 0) return Orthonormal.Complement(ritz.Directions(open, _stale, _bulk), basis.Vectors);
        if (_stale is null || !NeedRefresh(ritz, previous!, _stale)) return null;
        _stale = null;
        return Orthonormal.Complement(Below(previous, _wanted, noisy: true), basis.Vectors);
    }

    /// <summary>Returns the Ritz pairs that have not converged; the last guard vector counts as one of them until it has
    /// been expanded.</summary>
    private List<int> Open(Ritz ritz, bool expandsLast)
    {
        var open = new List<int>();
        var last = ritz.Values.Length - 1;
        for (var i = 0; i <= last; i++)
        {
            // The eigenvalue of a guard vector may be near zero: its residual is taken relative to the largest magnitude.
            var bound = i < _wanted ? parameters.Tolerance * Math.Abs(ritz.Values[i]) : parameters.GuardTolerance * ritz.Largest;
            if (ritz.Residuals[i] > Math.Max(expandsLast && i == last && i >= _wanted ? 0 : bound, ritz.Floor)) open.Add(i);
        }
        return open;
    }

    /// <summary>Checks whether the last guard vector, if it is refreshed, need not be expanded: an eigenvalue that emerged below it
    /// since its last expansion is too far from the wanted pairs.</summary>
    private bool NeedsNoExpansion(TrackerState warm) =>
        warm.Gap is { } gap
        && gap.Wanted == _wanted
        && warm.ExpansionAge < MaxCallsWithoutExpansion
        && gap.Width > WideGap * Math.Abs(warm.Pairs.Values[_wanted - 1])
        && !gap.MayClose(warm.Pairs.Values[_wanted - 1], warm.Pairs.Values[_wanted], warm.ExpansionAge + 1);

    /// <summary>Checks whether a stale guard vector may have overtaken a wanted pair, or the extensions for the wanted pairs
    /// have shown a larger value than its own.</summary>
    private bool NeedRefresh(Ritz ritz, TrackerState warm, StaleGuards stale) =>
        warm.Gap is not { } gap
        || gap.Wanted != _wanted
        || gap.MayClose(ritz.Values[_wanted - 1], stale.Values[0], warm.GuardAge + 1)
        || (ritz.All.Length > _wanted && ritz.All[_wanted] > Math.Max(stale.Values[0], stale.Expected[0]));

    private List<Tensor> Wanted(TrackerState? warm)
    {
        if (warm is null) return [];
        List<Tensor> rows = A.At is not null && warm.Path is { } path && path.Rows <= _wanted
            ? [.. path.Predicted(A.At).to(A.Precision).unbind()]
            : [];
        if (rows.Count < _wanted) rows.AddRange(warm.Rows(rows.Count, _wanted).to(A.Precision).unbind());
        return rows;
    }

    /// <summary>Returns rows for the guard vectors, and for pairs that are new; the last guard vector is perturbed if it will
    /// step.</summary>
    private List<Tensor> Below(TrackerState? warm, int above, bool noisy)
    {
        var all = (int)Math.Min(_all, A.Dimension);
        List<Tensor> rows = warm is null ? [] : [.. warm.Rows(above, all).to(A.Precision).unbind()];
        if (noisy && rows.Count > 0 && above + rows.Count == all)
            rows[^1] = rows[^1] + (Noise * RandomRows.Unit(A, parameters.Seed, _draws++));
        while (above + rows.Count < all) rows.Add(RandomRows.Unit(A, parameters.Seed, _draws++));
        return rows;
    }

    private TrackerState Result(RitzBasis basis, Ritz ritz, bool converged)
    {
        using var scope = NewDisposeScope();
        var vectors = ritz.Vectors(
            previous is null || previous.Pairs.Vectors.shape[1] != A.Dimension ? [] : previous.AllRows(A.Precision));
        var wanted = Math.Min(_wanted, ritz.Values.Length);
        double[] values = [.. ritz.Values, .. _stale?.Values ?? []];
        double[] residuals = [.. ritz.Residuals, .. _stale?.Residuals ?? []];
        var pairs = new Eigenpairs(values, vectors.DetachFromDisposeScope(), residuals, basis.Products, converged) { Repairs = _repairs };
        return new(pairs, _draws)
        {
            Guards = _stale?.Rows.alias().DetachFromDisposeScope(),
            Path = A.At is null || !ritz.IsFinite ? null : PathTo(A.At, basis, ritz, vectors.narrow(0, 0, wanted)),
            GuardAge = _stale is null ? 0 : previous!.GuardAge + 1,
            ExpansionAge = _lastGuardExpanded ? 0 : (previous?.ExpansionAge ?? 0) + 1,
            Gap = _stale is null ? SpectralGap.Measured(values, wanted, previous) : previous!.Gap,
            Bulk = _bulk,
        };
    }

    /// <summary>Extends the path with the vectors, corrected to first order by their residuals, without a product.</summary>
    private EigenvectorPath PathTo(Tensor at, RitzBasis basis, Ritz ritz, Tensor frame)
    {
        using var scope = NewDisposeScope();
        var (wanted, before) = ((int)frame.shape[0], previous?.Path);
        var below = _stale?.Values[0] ?? (ritz.Values.Length > wanted ? ritz.Values[wanted] : _bulk);
        var error = Enumerable.Range(0, wanted).Max(i => ritz.Residuals[i] / Math.Max(ritz.Values[i] - below, 1e-3 * ritz.Largest));
        if (double.IsFinite(_bulk))
        {
            frame = ritz.Corrected(wanted, _stale, _bulk);
            basis.Dispose();   // with millions of parameters its memory is needed
            frame = Orthonormal.Complement([frame], []);
            error *= Corrected;
        }
        return before is not null && before.Rows == wanted ? before.With(at, frame, error) : EigenvectorPath.From(at, frame, error);
    }
}
