using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The finite sum f(theta) = (1/N) sum_i F(theta, i): a loss over a data set, seen through samples drawn with
/// replacement.</summary>
/// <remarks>Where every stationary point of f is one of each F(., i), as for a model that fits all its data, the strong growth
/// condition holds near them: this is interpolation.</remarks>
/// <param name="Dimension">Number p of parameters.</param>
/// <param name="Precision">Element type, float32 or float64.</param>
/// <param name="Samples">Number N of samples.</param>
/// <param name="Losses">Maps points x [b,p] and sample numbers i [b] to F(x_b, i_b) [b]: many points in one evaluation. The
/// points may be one row, expanded.</param>
public sealed record FiniteSum(
    long Dimension, ScalarType Precision, int Samples, Func<Tensor, Tensor, Tensor> Losses) : IStochasticObjective
{
    /// <inheritdoc/>
    public IMinibatch Draw(int samples, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new Minibatch(this, randint(0, Samples, [samples], dtype: ScalarType.Int64, generator: generator));
    }

    /// <inheritdoc/>
    public IMinibatch Expectation() => new Minibatch(this, arange(Samples, dtype: ScalarType.Int64));

    private sealed class Minibatch(FiniteSum sum, Tensor indices) : IMinibatch
    {
        private readonly Tensor _indices = indices.DetachFromDisposeScope();
        private readonly List<IExpansion> _expansions = [];

        public int Size { get; } = (int)indices.shape[0];

        public Tensor Values(Tensor points)
        {
            using var quiet = no_grad();
            return sum.Losses(points, _indices);
        }

        public Tensor Gradients(Tensor theta)
        {
            // Each loss depends on its own point only: one pass over the points gives all gradients.
            using var scope = NewDisposeScope();
            var all = new DifferentiableSum(
                Size * sum.Dimension, sum.Precision, 1, (x, _) => sum.Losses(x.view(Size, sum.Dimension), _indices).sum());
            var points = theta.unsqueeze(0).expand(Size, sum.Dimension).reshape(-1);
            return scope.MoveToOuter(all.LossAndGradient(points).Gradient.view(Size, sum.Dimension));
        }

        public Tensor Gradient(Tensor theta) => Mean().LossAndGradient(theta).Gradient;

        public SymmetricOperator Hessian(Tensor theta)
        {
            var expansion = Mean().ExpandAt(theta);
            _expansions.Add(expansion);
            return expansion.Hessian();
        }

        public void Dispose()
        {
            foreach (var expansion in _expansions) expansion.Dispose();
            _indices.Dispose();
        }

        private DifferentiableSum Mean() => new(sum.Dimension, sum.Precision, 1, (theta, _) =>
        {
            if (Size <= sum.Samples) return sum.Losses(theta.unsqueeze(0).expand(Size, sum.Dimension), _indices).mean();
            // Beyond N samples some are the same: each is computed once, and weighted by how often it was drawn.
            var often = _indices.bincount(null, sum.Samples).to(sum.Precision) / Size;
            var every = arange(sum.Samples, dtype: ScalarType.Int64);
            return (often * sum.Losses(theta.unsqueeze(0).expand(sum.Samples, sum.Dimension), every)).sum();
        });
    }
}
