using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Approximate eigenpairs of a symmetric operator, the largest first (from the lower end the
/// smallest first), and how good they are.</summary>
/// <remarks>An eigenvalue lies within its residual of each value, and closer by far where the others are well
/// apart.</remarks>
public sealed class Eigenpairs : IDisposable
{
    internal Eigenpairs(
        double[] values, Tensor vectors, double[] residuals, int products, bool converged, long draws)
    {
        (Values, Vectors, Residuals, Products, Converged, Draws) =
            (values, vectors, residuals, products, converged, draws);
    }

    /// <summary>[k + companions], descending; from the lower end [k], ascending.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Orthonormal rows of those that were measured, [k + companions, p], or [k,p] where companions
    /// rested.</summary>
    public Tensor Vectors { get; }

    /// <summary>||A v - value v|| of each pair.</summary>
    public IReadOnlyList<double> Residuals { get; }

    /// <summary>Products with A that it took.</summary>
    public int Products { get; }

    /// <summary>Whether every residual met its tolerance.</summary>
    public bool Converged { get; }

    /// <summary>Times that the basis behind them was found oblique and made anew.</summary>
    public int Repairs { get; init; }

    /// <summary>Random rows drawn so far: with the tracker's seed it fixes those to come.</summary>
    internal long Draws { get; }

    /// <summary>Companions that rested, as they were when they were measured [c,p]; null where they did not.</summary>
    internal Tensor? Companions { get; init; }

    /// <summary>Where the wanted vectors were; null where the operator did not say where it stands.</summary>
    internal EigenvectorPath? Path { get; init; }

    /// <summary>Calls since the companions were measured.</summary>
    internal int Rested { get; init; }

    /// <summary>Calls since the last companion stepped.</summary>
    internal int Stood { get; init; }

    /// <summary>Behind the wanted pairs; null where there are no companions.</summary>
    internal SpectralGap? Gap { get; init; }

    /// <summary>A value of the spectrum below the pairs and companions; NaN where nobody knows yet.</summary>
    internal double Bulk { get; init; } = double.NaN;

    /// <summary>All rows, those of companions that rested too.</summary>
    internal IReadOnlyList<Tensor> AllRows(ScalarType precision) =>
        Companions is null ? [Vectors.to(precision)] : [Vectors.to(precision), Companions.to(precision)];

    /// <summary>The rows from one to another of all, as far as there are: [j,p].</summary>
    internal Tensor Rows(int from, int to)
    {
        var measured = Vectors.shape[0];
        if (Companions is null || to <= measured) return Part(Vectors, 0);
        return from >= measured ? Part(Companions, measured) : cat([Part(Vectors, 0), Part(Companions, measured)]);

        Tensor Part(Tensor rows, long first)
        {
            var start = Math.Clamp(from - first, 0, rows.shape[0]);
            return rows.narrow(0, start, Math.Clamp(to - first, start, rows.shape[0]) - start);
        }
    }

    /// <summary>They last as long as the snapshot.</summary>
    public void Save(Snapshot to)
    {
        to.Set("values", Values);
        to.Set("vectors", Vectors);
        if (Companions is not null) to.Set("companions", Companions);
        to.Set("residuals", Residuals);
        to.Set("products", Products);
        to.Set("converged", Converged ? 1 : 0);
        to.Set("draws", Draws);
        to.Set("rested", Rested);
        to.Set("stood", Stood);
        if (Gap is not null) to.Set("gap", [Gap.Wanted, Gap.Width, Gap.Drift, Gap.Closing]);
        to.Set("bulk", Bulk);
        Path?.Save(to.Part("path"));
    }

    public static Eigenpairs Restored(Snapshot from) => new(
        from.Numbers("values"),
        from.Tensor("vectors"),
        from.Numbers("residuals"),
        (int)from.Whole("products"),
        from.Whole("converged") == 1,
        from.Whole("draws"))
    {
        Companions = from.Has("companions") ? from.Tensor("companions") : null,
        Rested = (int)from.Whole("rested"),
        Stood = (int)from.Whole("stood"),
        Gap = from.Has("gap") && from.Numbers("gap") is [var wanted, var width, var drift, var closing] ? new((int)wanted, width, drift, closing) : null,
        Bulk = from.Number("bulk"),
        Path = from.Part("path").Has("at") ? EigenvectorPath.Restored(from.Part("path")) : null,
    };

    public void Dispose()
    {
        Vectors.Dispose();
        Companions?.Dispose();
        Path?.Dispose();
    }
}
