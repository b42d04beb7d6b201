using System.Numerics;
using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Computes the outer eigenvalues of a nonsymmetric operator by Arnoldi's method with full
/// reorthogonalisation.</summary>
/// <remarks>V A^T = H^T V + h e f^T (rows): the Ritz value of an eigenvector s of H has the residual h |s_m|, s of length 1
/// (Saad, Numerical Methods for Large Eigenvalue Problems, 2011, section 6.2). Interior eigenvalues converge late. Equal
/// eigenvalues appear once, unless the space becomes invariant: it then continues in a new random direction.</remarks>
/// <param name="Products">Largest number of products, and of rows of p numbers that are kept.</param>
/// <param name="Tolerance">Residual tolerance relative to the largest magnitude.</param>
/// <param name="Seed">Seed of the random directions.</param>
public sealed record Arnoldi(int Products, double Tolerance, long Seed = 0)
{
    /// <summary>Returns all Ritz values with their residuals, the largest real part first. They are all eigenvalues if as many
    /// products are allowed as there are dimensions.</summary>
    /// <exception cref="InvalidOperationException">A product is not finite.</exception>
    public RitzValues Solve(LinearOperator A)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)Seed, CPU);
        var m = (int)Math.Min(Products, A.Dimension);
        var V = zeros(m, A.Dimension, dtype: A.Precision);
        var H = zeros(m, m, dtype: ScalarType.Float64);
        var last = 0.0;   // coupling of the space to its complement
        V[0].copy_(Fresh(0));
        for (var j = 0; j < m; j++)
        {
            using var inner = NewDisposeScope();
            var basis = V.narrow(0, 0, j + 1);
            var product = A.Times(V[j]);
            if (!product.isfinite().all().ToBoolean())
            {
                throw new InvalidOperationException(
                    $"Arnoldi: product {j + 1} is not finite; check the operator and the point at which it is taken");
            }
            H.narrow(0, 0, j + 1).select(1, j).copy_(basis.mv(product));
            var rest = Orthonormal.Complement(product.unsqueeze(0), basis);
            last = rest.shape[0] == 0 ? 0 : rest[0].dot(product).ToDouble();
            if (j == m - 1) break;
            H[j + 1].select(0, j).fill_(last);
            V[j + 1].copy_(rest.shape[0] > 0 ? rest[0] : Fresh(j + 1));
        }
        return Ritz(H, last);

        Tensor Fresh(int rows)
        {
            var direction = randn(1, A.Dimension, dtype: A.Precision, generator: generator);
            return Orthonormal.Complement(direction, rows == 0 ? null : V.narrow(0, 0, rows))[0];
        }
    }

    private RitzValues Ritz(Tensor H, double coupling)
    {
        var (values, vectors) = linalg.eig(H);
        var (real, imaginary) = (values.real.data<double>().ToArray(), values.imag.data<double>().ToArray());
        var ends = (vectors.select(0, H.shape[0] - 1).abs() / vectors.abs().square().sum(dim: 0).sqrt()).data<double>().ToArray();
        var ritz = real.Zip(imaginary, (a, b) => new Complex(a, b)).Zip(ends, (value, end) => (value, Residual: coupling * end))
            .OrderByDescending(pair => pair.value.Real).ThenByDescending(pair => pair.value.Imaginary).ToArray();
        return new(
            [.. ritz.Select(pair => pair.value)],
            [.. ritz.Select(pair => pair.Residual)],
            Tolerance * ritz.Max(pair => pair.value.Magnitude));
    }
}

/// <param name="Values">Ritz values, the largest real part first.</param>
/// <param name="Residuals">|A v - lambda v| of each value, v of length 1.</param>
/// <param name="Bound">Largest residual of a converged value.</param>
public sealed record RitzValues(
    IReadOnlyList<Complex> Values, IReadOnlyList<double> Residuals, double Bound)
{
    /// <summary>The values whose residual is at most the bound.</summary>
    public IReadOnlyList<Complex> Converged => [.. Values.Where((_, i) => Residuals[i] <= Bound)];
}
