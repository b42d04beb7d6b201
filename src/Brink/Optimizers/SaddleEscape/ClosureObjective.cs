using Brink.Algebra;
using Brink.Objectives;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The loss that a training loop computes with its module, on its present batch, as a stochastic objective: each draw
/// is one sample, the loop's own batch.</summary>
/// <remarks>The module keeps the parameters of the last evaluation.</remarks>
internal sealed class ClosureObjective(ModuleParameters parameters) : IStochasticObjective
{
    /// <summary>The loss, a scalar; it must be the same each time it is computed within a step.</summary>
    public Func<Tensor> Loss { get; set; } = () => throw new InvalidOperationException("the objective has no loss; set Loss before use");

    public long Dimension => parameters.Dimension;

    public ScalarType Precision => parameters.Precision;

    public IMinibatch Draw(int samples, Generator generator) => new Minibatch(this, samples);

    public IMinibatch Expectation() => new Minibatch(this, 1);

    private DifferentiableSum Sum() => parameters.Sum(1, _ => Loss());

    private sealed class Minibatch(ClosureObjective of, int size) : IMinibatch
    {
        private readonly DifferentiableSum _sum = of.Sum();
        private readonly List<IExpansion> _expansions = [];

        public int Size => size;

        public Tensor Values(Tensor points)
        {
            // A single expanded row is one point: one evaluation.
            var distinct = points.stride(0) == 0 ? 1 : size;
            var values = new double[size];
            for (var i = 0; i < size; i++)
            {
                using var scope = NewDisposeScope();
                values[i] = i < distinct ? _sum.Loss(points[i]) : values[0];
            }
            return tensor(values, dtype: of.Precision);
        }

        public Tensor Gradients(Tensor theta)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(Gradient(theta).unsqueeze(0).repeat(size, 1));
        }

        public Tensor Gradient(Tensor theta) => _sum.LossAndGradient(theta).Gradient;

        public SymmetricOperator Hessian(Tensor theta)
        {
            var expansion = _sum.ExpandAt(theta);
            _expansions.Add(expansion);
            return expansion.Hessian();
        }

        public void Dispose()
        {
            foreach (var expansion in _expansions) expansion.Dispose();
        }
    }
}
