using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>The state of a tracker after a call, from which the next call starts.</summary>
/// <param name="Pairs">Pairs that the call found.</param>
/// <param name="Draws">Number of random rows drawn so far; with the tracker's seed it determines the next ones.</param>
internal sealed record TrackerState(Eigenpairs Pairs, long Draws) : IDisposable
{
    /// <summary>The guard vectors at their last refresh [c,p]; null where they are among the pairs' vectors.</summary>
    public Tensor? Guards { get; init; }

    /// <summary>The path of the wanted vectors; null where the operator does not give its parameters, or a value is not
    /// finite.</summary>
    public EigenvectorPath? Path { get; init; }

    /// <summary>The number of calls since the guard vectors were refreshed.</summary>
    public int GuardAge { get; init; }

    /// <summary>The number of calls since the last guard vector was expanded.</summary>
    public int ExpansionAge { get; init; }

    /// <summary>The gap below the wanted pairs; null where there are no guard vectors.</summary>
    public SpectralGap? Gap { get; init; }

    /// <summary>A value of the spectrum below the pairs and guard vectors; NaN if not yet known.</summary>
    public double Bulk { get; init; } = double.NaN;

    /// <summary>Returns all rows, including those of guard vectors that were not refreshed.</summary>
    public IReadOnlyList<Tensor> AllRows(ScalarType precision) =>
        Guards is null ? [Pairs.Vectors.to(precision)] : [Pairs.Vectors.to(precision), Guards.to(precision)];

    /// <summary>Returns the rows from one to another of all, as far as they exist: [j,p].</summary>
    public Tensor Rows(int from, int to)
    {
        var measured = Pairs.Vectors.shape[0];
        if (Guards is null || to <= measured) return Part(Pairs.Vectors, 0);
        return from >= measured ? Part(Guards, measured) : cat([Part(Pairs.Vectors, 0), Part(Guards, measured)]);

        Tensor Part(Tensor rows, long first)
        {
            var start = Math.Clamp(from - first, 0, rows.shape[0]);
            return rows.narrow(0, start, Math.Clamp(to - first, start, rows.shape[0]) - start);
        }
    }

    /// <summary>Returns the same state with shared memory, which is freed when the last of them is disposed.</summary>
    public TrackerState Shared() => this with
    {
        Pairs = Pairs.Shared(),
        Guards = Guards?.alias().DetachFromDisposeScope(),
        Path = Path?.Shared(),
    };

    public void Save(Snapshot to)
    {
        to.Set("values", Pairs.Values);
        to.Set("vectors", Pairs.Vectors);
        if (Guards is not null) to.Set("companions", Guards);
        to.Set("residuals", Pairs.Residuals);
        to.Set("products", Pairs.Products);
        to.Set("converged", Pairs.Converged ? 1 : 0);
        to.Set("draws", Draws);
        to.Set("rested", GuardAge);
        to.Set("stood", ExpansionAge);
        if (Gap is not null) to.Set("gap", [Gap.Wanted, Gap.Width, Gap.Drift, Gap.Closing]);
        to.Set("bulk", Bulk);
        Path?.Save(to.Part("path"));
    }

    public static TrackerState Restored(Snapshot from)
    {
        var pairs = new Eigenpairs(
            from.Numbers("values"),
            from.Tensor("vectors"),
            from.Numbers("residuals"),
            (int)from.Whole("products"),
            from.Whole("converged") == 1);
        return new(pairs, from.Whole("draws"))
        {
            Guards = from.Has("companions") ? from.Tensor("companions") : null,
            GuardAge = (int)from.Whole("rested"),
            ExpansionAge = (int)from.Whole("stood"),
            Gap = from.Has("gap") && from.Numbers("gap") is [var wanted, var width, var drift, var closing]
                ? new((int)wanted, width, drift, closing)
                : null,
            Bulk = from.Number("bulk"),
            Path = from.Part("path").Has("at") ? EigenvectorPath.Restored(from.Part("path")) : null,
        };
    }

    public void Dispose()
    {
        Pairs.Dispose();
        Guards?.Dispose();
        Path?.Dispose();
    }
}
