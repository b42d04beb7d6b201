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

    /// <summary>Random rows drawn so far: with the tracker's seed it fixes those to come.</summary>
    internal long Draws { get; }

    public void Dispose() => Vectors.Dispose();
}
