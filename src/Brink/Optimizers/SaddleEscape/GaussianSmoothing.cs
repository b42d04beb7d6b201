using Brink.Algebra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>Estimates derivatives from values alone: those of f smoothed by a normal density of radius nu. Any method on it is
/// a zeroth-order method.</summary>
/// <remarks>Each sample has a normal direction u [p] of its own; all directions are evaluated at once. Gradient: (F(x + nu u) -
/// F(x))/nu u, two values a sample; its bias is at most (nu/2) L_G (p + 3)^(3/2) (Nesterov and Spokoiny 2017, lemma 3).
/// Hessian: (F(x + nu u) + F(x - nu u) - 2 F(x))/(2 nu^2) (u u^T - I), three values a sample, since E[u.Hu u u^T] = 2 H + tr(H)
/// I (Balasubramanian and Ghadimi 2022, by Stein's identity); its products need no more values.</remarks>
/// <param name="Objective">f, of which only values are used.</param>
/// <param name="Radius">Radius nu, above 0.</param>
public sealed record GaussianSmoothing(IStochasticObjective Objective, double Radius) : IStochasticObjective
{
    /// <inheritdoc/>
    public long Dimension => Objective.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => Objective.Precision;

    /// <summary>Returns the largest radius whose bias is at most eps/4: eps/(2 L_G (p + 3)^(3/2)).</summary>
    public static double RadiusFor(ProblemConstants constants, double epsilon)
    {
        ProblemConstants.RequireAccuracy(epsilon);
        return epsilon / (2 * constants.LipschitzGradient * Math.Pow(constants.Dimension + 3, 1.5));
    }

    /// <inheritdoc/>
    public IMinibatch Draw(int samples, Generator generator)
    {
        if (!(Radius > 0) || double.IsInfinity(Radius))
            throw new InvalidOperationException($"the smoothing radius is {Radius}; it must be above 0 and finite");
        return new Minibatch(
            Objective.Draw(samples, generator), randn(samples, Dimension, dtype: Precision, generator: generator), Radius);
    }

    /// <summary>Returns the objective's own expectation, not smoothed.</summary>
    public IMinibatch Expectation() => Objective.Expectation();

    private sealed class Minibatch(IMinibatch batch, Tensor directions, double nu) : IMinibatch
    {
        private readonly Tensor _u = directions.DetachFromDisposeScope();
        private readonly List<Tensor> _curvatures = [];

        public int Size => batch.Size;

        public Tensor Values(Tensor points) => batch.Values(points);

        public Tensor Gradients(Tensor theta)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(Slopes(theta).unsqueeze(1) * _u);
        }

        public Tensor Gradient(Tensor theta)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(_u.t().mv(Slopes(theta)) / Size);
        }

        public SymmetricOperator Hessian(Tensor theta)
        {
            using var scope = NewDisposeScope();
            var (above, below) = (batch.Values(theta + nu * _u), batch.Values(theta - nu * _u));
            var curvatures = ((above + below - (2 * BaseValues(theta))) / (2 * nu * nu)).DetachFromDisposeScope();
            _curvatures.Add(curvatures);
            return new(theta.shape[0], theta.dtype, rows =>
            {
                using var inner = NewDisposeScope();
                var along = rows.mm(_u.t()) * curvatures;
                return inner.MoveToOuter((along.mm(_u) - (curvatures.sum() * rows)) / Size);
            });
        }

        public void Dispose()
        {
            foreach (var curvatures in _curvatures) curvatures.Dispose();
            _u.Dispose();
            batch.Dispose();
        }

        private Tensor Slopes(Tensor theta) => (batch.Values(theta + nu * _u) - BaseValues(theta)) / nu;

        private Tensor BaseValues(Tensor theta) => batch.Values(theta.unsqueeze(0).expand(Size, theta.shape[0]));
    }
}
