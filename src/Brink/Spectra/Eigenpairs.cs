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

    /// <summary>Orthonormal rows [k + companions, p].</summary>
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

    /// <summary>How the wanted vectors moved since the call before; null where there was none.</summary>
    internal EigenvectorDrift? Drift { get; init; }

    /// <summary>They last as long as the snapshot.</summary>
    public void Save(Snapshot to)
    {
        to.Set("values", Values);
        to.Set("vectors", Vectors);
        to.Set("residuals", Residuals);
        to.Set("products", Products);
        to.Set("converged", Converged ? 1 : 0);
        to.Set("draws", Draws);
        if (Drift is null) return;
        to.Set("drift", Drift.Step);
        to.Set("persistence", Drift.Persistence);
    }

    public static Eigenpairs Restored(Snapshot from) => new(
        from.Numbers("values"),
        from.Tensor("vectors"),
        from.Numbers("residuals"),
        (int)from.Whole("products"),
        from.Whole("converged") == 1,
        from.Whole("draws"))
    {
        Drift = from.Has("drift") ? new(from.Tensor("drift"), from.Numbers("persistence")) : null,
    };

    public void Dispose()
    {
        Vectors.Dispose();
        Drift?.Step.Dispose();
    }
}

/// <param name="Step">v - v of the call before, of each wanted vector [k,p].</param>
/// <param name="Persistence">What share of a step the next one is likely to be, by the last two: near 1 where the vectors
/// drift evenly, near -1 where they swing, near 0 where they do neither [k].</param>
internal sealed record EigenvectorDrift(Tensor Step, IReadOnlyList<double> Persistence);
