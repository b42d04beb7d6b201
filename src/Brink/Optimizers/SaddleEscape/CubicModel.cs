using Brink.Algebra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The cubic model m(h) = g.h + (1/2) h.B h + (M/6) ||h||^3: an upper bound of f(theta + h) - f(theta) where g and B
/// are its gradient and Hessian and M is at least L_H (Nesterov and Polyak 2006).</summary>
/// <param name="B">Symmetric operator [p,p].</param>
/// <param name="Gradient">Gradient g [p]; the caller keeps it.</param>
/// <param name="M">Weight of the cubic term, above 0.</param>
public sealed record CubicModel(SymmetricOperator B, Tensor Gradient, double M)
{
    /// <summary>Computes the global minimizer from all eigenpairs of B: p products, and p^3 operations. For small p.</summary>
    public CubicStep Minimize()
    {
        RequireM();
        using var scope = NewDisposeScope();
        var p = (int)B.Dimension;
        var matrix = B.Times(eye(p, dtype: B.Precision)).to(ScalarType.Float64);
        if (!matrix.isfinite().all().ToBoolean()) return NotFinite(p);
        var (values, columns) = linalg.eigh((matrix + matrix.t()) / 2);
        var g = columns.t().mv(Gradient.to(ScalarType.Float64)).data<double>().ToArray();
        var (a, lambda) = SecularEquation.Minimizer(values.data<double>().ToArray(), g, M);
        var coordinates = tensor(a);
        var h = columns.mv(coordinates);
        var residual = (matrix.mv(h) + (lambda * h) + Gradient.to(ScalarType.Float64)).norm().ToDouble();
        return new(
            h.to(B.Precision).DetachFromDisposeScope(),
            lambda,
            Decrease(values.data<double>().ToArray(), g, a, M),
            residual,
            p,
            Converged: true);
    }

    /// <summary>Computes -m(h) in coordinates in which B is diagonal.</summary>
    internal static double Decrease(double[] values, double[] g, double[] h, double M)
    {
        var (model, square) = (0.0, 0.0);
        for (var i = 0; i < h.Length; i++)
        {
            model += (g[i] * h[i]) + (values[i] / 2 * h[i] * h[i]);
            square += h[i] * h[i];
        }
        return -model - (M / 6 * square * Math.Sqrt(square));
    }

    internal void RequireM()
    {
        if (!(M > 0) || double.IsInfinity(M))
            throw new InvalidOperationException($"M is {M}; the weight of the cubic term must be above 0 and finite");
    }

    internal CubicStep NotFinite(int products) => new(
        full(B.Dimension, double.NaN, dtype: B.Precision).DetachFromDisposeScope(),
        double.NaN,
        double.NaN,
        double.NaN,
        products,
        Converged: false);
}

/// <param name="H">Minimizer h [p].</param>
/// <param name="Multiplier">lambda = (M/2) ||h||; B + lambda I is positive semidefinite.</param>
/// <param name="Decrease">-m(h), at least 0.</param>
/// <param name="GradientNorm">||grad m(h)||, 0 where h is exact.</param>
/// <param name="Products">Number of products with B.</param>
/// <param name="Converged">True if the tolerances were met.</param>
public sealed record CubicStep(
    Tensor H, double Multiplier, double Decrease, double GradientNorm, int Products, bool Converged) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => H.Dispose();
}
