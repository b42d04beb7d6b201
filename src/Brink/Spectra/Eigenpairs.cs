namespace Brink.Spectra;

/// <summary>Approximate eigenpairs of a symmetric operator, the largest first (from the lower end the
/// smallest first), and how good they are.</summary>
/// <remarks>An eigenvalue lies within its residual of each value, and closer by far where the others are well
/// apart.</remarks>
public sealed class Eigenpairs : IDisposable
{
    internal Eigenpairs(double[] values, Tensor vectors, double[] residuals, int products, bool converged) =>
        (Values, Vectors, Residuals, Products, Converged) = (values, vectors, residuals, products, converged);

    /// <summary>[k + guard vectors], descending; from the lower end [k], ascending.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Orthonormal rows of those that were measured, [k + guard vectors, p], or [k,p] where guard vectors were not
    /// refreshed.</summary>
    public Tensor Vectors { get; }

    /// <summary>||A v - value v|| of each pair.</summary>
    public IReadOnlyList<double> Residuals { get; }

    /// <summary>Products with A that it took.</summary>
    public int Products { get; }

    /// <summary>Whether every residual met its tolerance.</summary>
    public bool Converged { get; }

    /// <summary>Times that the basis behind them was found oblique and made anew.</summary>
    public int Repairs { get; init; }

    public void Dispose() => Vectors.Dispose();

    /// <summary>The same pairs, with memory that is shared and freed when the last of them is disposed.</summary>
    internal Eigenpairs Shared() =>
        new([.. Values], Vectors.alias().DetachFromDisposeScope(), [.. Residuals], Products, Converged) { Repairs = Repairs };
}
