using Brink.Spectra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Minimizes a cubic model by Hessian products alone: exactly in a growing Krylov space of B.</summary>
/// <remarks>
/// <para>Preferred to gradient descent on the model (Carmon and Duchi 2016), since it makes the best use of the same products.
/// In the space the secular equation gives the solution without further products.</para>
/// <para>Two rows start the space: g, and a random one. The Krylov space of g alone never contains an eigenvector orthogonal to
/// g: not at an exact saddle, where g = 0, nor in the hard case. As a separate row, rather than mixed into g, the random one
/// leaves g exact.</para>
/// <para>The stopping criterion is the gradient of the whole model at h, ||grad m(h)||. Within the space the gradient is zero
/// from the first product on, and the decrease settles before h does. After a step, ||grad f(theta + h)|| is bounded by ||grad
/// m(h)|| + M ||h||^2. A gradient of zero can still be a saddle of the model, so the lowest Ritz value has to have settled as
/// well.</para>
/// </remarks>
/// <param name="GradientTolerance">Tolerance of ||grad m(h)||.</param>
/// <param name="CurvatureTolerance">Tolerance of the residual of the lowest Ritz pair: B + lambda I is at least minus
/// that.</param>
/// <param name="MaxBasis">Largest number of rows of p numbers; when they are used up, the solver returns its present step,
/// converged or not.</param>
public sealed record KrylovCubicSolver(double GradientTolerance, double CurvatureTolerance, int MaxBasis = 128)
{
    /// <param name="model">Model m.</param>
    /// <param name="random">Row [p] without preferred direction; the caller keeps it.</param>
    public CubicStep Minimize(CubicModel model, Tensor random)
    {
        model.RequireM();
        if (MaxBasis < 2) throw new InvalidOperationException($"MaxBasis is {MaxBasis}; it must be at least 2");
        using var scope = NewDisposeScope();
        var capacity = (int)Math.Min(MaxBasis, model.B.Dimension);
        using var basis = new KrylovBasis(model.B, capacity, (int)Math.Min(2, model.B.Dimension));
        var norm = model.Gradient.norm().ToDouble();
        // Scaled to length 1 first: neither row may count as rounding of the other.
        var start = norm > 0 ? stack([model.Gradient / norm, random]) : random.unsqueeze(0);
        basis.Continue(start);
        var products = 0;
        while (true)
        {
            using var inner = NewDisposeScope();
            products += basis.Next;
            basis.Extend();
            if (!basis.IsFinite) return model.NotFinite(products);

            var (values, S, residuals, _) = basis.Ritz();
            // The first row of the basis is g, of length 1.
            var g = Array.ConvertAll(S.select(1, 0).contiguous().data<double>().ToArray(), s => s * norm);
            var (a, lambda) = SecularEquation.Minimizer(values, g, model.M);
            var y = tensor(a).unsqueeze(0).mm(S);
            var gradient = basis.NormOutside(y);
            var whole = basis.Next == 0 || basis.Count == model.B.Dimension;
            var converged = whole || (gradient <= GradientTolerance && residuals[^1] <= CurvatureTolerance);
            if (!converged && basis.Count + basis.Next <= capacity) continue;
            var h = basis.Vectors(y)[0];
            return new(
                h.DetachFromDisposeScope(),
                lambda,
                CubicModel.Decrease(values, g, a, model.M),
                gradient,
                products,
                converged);
        }
    }
}
