namespace Brink.Spectra;

/// <summary>Approximate eigenpairs of a symmetric operator with their residuals, the largest first (from the lower end the
/// smallest first).</summary>
/// <remarks>An eigenvalue is within the residual of each value, and much closer where the other eigenvalues are well
/// separated.</remarks>
public sealed class Eigenpairs : IDisposable
{
    internal Eigenpairs(double[] values, Tensor vectors, double[] residuals, int products, bool converged) =>
        (Values, Vectors, Residuals, Products, Converged) = (values, vectors, residuals, products, converged);

    /// <summary>The eigenvalues [k + guard vectors], descending; from the lower end [k], ascending.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Orthonormal eigenvectors as rows [k + guard vectors, p], or [k,p] where the guard vectors were not
    /// refreshed.</summary>
    public Tensor Vectors { get; }

    /// <summary>||A v - value v|| of each pair.</summary>
    public IReadOnlyList<double> Residuals { get; }

    /// <summary>The number of products with A.</summary>
    public int Products { get; }

    /// <summary>True if every residual met its tolerance.</summary>
    public bool Converged { get; }

    /// <summary>The number of times that the basis lost its orthonormality and was rebuilt.</summary>
    public int Repairs { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Vectors.Dispose();

    /// <summary>Returns the same pairs with shared memory, which is freed when the last of them is disposed.</summary>
    internal Eigenpairs Shared() =>
        new([.. Values], Vectors.alias().DetachFromDisposeScope(), [.. Residuals], Products, Converged) { Repairs = Repairs };
}
