using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>One call of a tracker.</summary>
/// <param name="parameters">What is wanted.</param>
/// <param name="A">[p,p].</param>
/// <param name="previous">Where the call before it ended; null for a random start.</param>
internal sealed class TrackerCall(EigenpairParameters parameters, SymmetricOperator A, TrackerState? previous)
{
    // Up to this dimension the whole matrix is formed and decomposed: exact, and cheaper than iterating.
    private const int DenseDimension = 32;
    private const double Noise = 1e-3;

    // Calls in a row in which the last guard vector need not step, and how wide the gap must be for that, relative to the
    // eigenvalue: an emerging eigenvalue that nobody has seen would have to grow by a fortieth of it a call.
    private const int LongestWithoutStep = 8;
    private const double WideGap = 0.2;

    // Of a basis and its products, where that is enough for a restart.
    private const long BasisBytes = 1L << 30;

    // Share of a vector's error that its first-order correction leaves, about.
    private const double Corrected = 0.3;

    private readonly int _wanted = parameters.Pairs, _all = parameters.Pairs + parameters.Guards;
    private long _draws = previous?.Draws ?? 0;
    private double _bulk = previous?.Bulk ?? double.NaN;
    private StaleGuards? _stale;   // null where guard vectors are refreshed
    private bool _skipsStep;       // the last guard vector need not step
    private bool _stepped;         // it has stepped
    private int _repairs;

    /// <summary>Where the tracker stands after it.</summary>
    public TrackerState Next()
    {
        using var scope = NewDisposeScope();
        if (A.Dimension <= DenseDimension) return NextFrom(eye(A.Dimension, dtype: A.Precision));
        // Values that are not finite come from a product that was not: its vectors are no start.
        var warm = previous is not null && previous.Pairs.Vectors.shape[1] == A.Dimension && previous.Pairs.Values.All(double.IsFinite)
            ? previous
            : null;
        _stale = warm is not null && warm.GuardAge < parameters.RefreshAfter ? StaleGuards.Of(warm, _wanted, A.Precision) : null;
        var start = Wanted(warm);
        if (_stale?.Rows.shape[0] != parameters.Guards)
        {
            _stale = null;
            _skipsStep = warm is not null && NeedsNoStep(warm);
            start.AddRange(Below(warm, start.Count, noisy: !_skipsStep));
        }
        return NextFrom(Orthonormal.Complement(start, []));
    }

    /// <param name="V">Rows that the iteration starts from [m,p], orthonormal.</param>
    internal TrackerState NextFrom(Tensor V)
    {
        using var scope = NewDisposeScope();
        // Thick restarts keep twice the pairs; the room above that is what a Krylov space needs to make headway. Of millions of
        // parameters it has as much as memory allows, and at least a step of every pair.
        var kept = 2 * _all;
        var room = (BasisBytes / (2 * A.Dimension * A.Precision.ElementSize())) - kept;
        var most = (int)Math.Min(A.Dimension, kept + Math.Clamp(room, _all, 24));
        using var basis = new RitzBasis(A, Math.Max(most, (int)V.shape[0]), _all);
        basis.Add(V);
        if (basis.Repair()) _repairs++;
        // Of the last guard vector: enough to tell an eigenvalue that emerged since the last ones from noise.
        var steps = _skipsStep ? 0 : 1 + ((previous?.StepAge ?? 0) / LongestWithoutStep);
        while (true)
        {
            using var inner = NewDisposeScope();
            var ritz = new Ritz(basis, _stale is null ? _all : _wanted);
            var open = Open(ritz, mustStep: _stale is null && steps-- > 0);
            _stepped |= _stale is null && open.Contains(ritz.Values.Length - 1);
            var extension = basis.IsFinite && basis.Products < parameters.MaxProducts ? Extension(basis, ritz, open) : null;
            if (extension is null || extension.shape[0] == 0)
                return Result(basis, ritz, basis.IsFinite && (basis.Count == A.Dimension || Open(ritz, mustStep: false).Count == 0));
            if (basis.Count + extension.shape[0] > most)
            {
                var rows = Math.Min(kept, basis.Count);
                basis.Restart(ritz.All[..rows], ritz.First(rows));
                if (basis.Repair()) _repairs++;
            }
            basis.Add(extension);
            // At right angles to all that is known, the guard vectors too: what the rest of the spectrum looks like from here.
            if (_stale is null) _bulk = basis.LastQuotient;
        }
    }

    /// <summary>What the basis lacks [j,p]: where open pairs have to go; or the guard vectors, where they turn out to need a refresh.
    /// Null where nothing is missing.</summary>
    private Tensor? Extension(RitzBasis basis, Ritz ritz, List<int> open)
    {
        if (open.Count > 0) return Orthonormal.Complement(ritz.Directions(open, _stale, _bulk), basis.Vectors);
        if (_stale is null || !NeedRefresh(ritz, previous!, _stale)) return null;
        _stale = null;
        return Orthonormal.Complement(Below(previous, _wanted, noisy: true), basis.Vectors);
    }

    /// <summary>The Ritz pairs that still need work; the last guard vector counts as one until it has
    /// stepped.</summary>
    private List<int> Open(Ritz ritz, bool mustStep)
    {
        var open = new List<int>();
        var last = ritz.Values.Length - 1;
        for (var i = 0; i <= last; i++)
        {
            // A guard vector near zero curvature has no eigenvalue to be relative to: the largest one is its
            // scale.
            var bound = i < _wanted ? parameters.Tolerance * Math.Abs(ritz.Values[i]) : parameters.GuardTolerance * ritz.Largest;
            if (ritz.Residuals[i] > Math.Max(mustStep && i == last && i >= _wanted ? 0 : bound, ritz.Floor)) open.Add(i);
        }
        return open;
    }

    /// <summary>Whether the last guard vector, where it is refreshed, need not step: what may have emerged below it since it last did
    /// is too far from the wanted pairs.</summary>
    private bool NeedsNoStep(TrackerState warm) =>
        warm.Gap is { } gap
        && gap.Wanted == _wanted
        && warm.StepAge < LongestWithoutStep
        && gap.Width > WideGap * Math.Abs(warm.Pairs.Values[_wanted - 1])
        && !gap.MayClose(warm.Pairs.Values[_wanted - 1], warm.Pairs.Values[_wanted], warm.StepAge + 1);

    /// <summary>Whether a stale guard vector may have overtaken; or whether what the wanted pairs needed has shown a larger value
    /// than its own.</summary>
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

    /// <summary>Rows for the guard vectors, and for pairs that were not there before; the last guard vector with a little noise where
    /// it will step.</summary>
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
            StepAge = _stepped ? 0 : (previous?.StepAge ?? 0) + 1,
            Gap = _stale is null ? SpectralGap.Measured(values, wanted, previous) : previous!.Gap,
            Bulk = _bulk,
        };
    }

    /// <summary>The path goes on with the vectors as their residuals correct them, to first order: without a
    /// product.</summary>
    private EigenvectorPath PathTo(Tensor at, RitzBasis basis, Ritz ritz, Tensor frame)
    {
        using var scope = NewDisposeScope();
        var (wanted, before) = ((int)frame.shape[0], previous?.Path);
        var below = _stale?.Values[0] ?? (ritz.Values.Length > wanted ? ritz.Values[wanted] : _bulk);
        var error = Enumerable.Range(0, wanted).Max(i => ritz.Residuals[i] / Math.Max(ritz.Values[i] - below, 1e-3 * ritz.Largest));
        if (double.IsFinite(_bulk))
        {
            frame = ritz.Corrected(wanted, _stale, _bulk);
            basis.Dispose();   // of millions of parameters its room is needed
            frame = Orthonormal.Complement([frame], []);
            error *= Corrected;
        }
        return before is not null && before.Rows == wanted ? before.With(at, frame, error) : EigenvectorPath.From(at, frame, error);
    }
}
