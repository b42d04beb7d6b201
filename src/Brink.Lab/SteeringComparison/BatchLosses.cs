using Brink.MiniBatches;
using Brink.Objectives;

namespace Brink.Lab;

/// <summary>The losses of the batches of a training: those of a permutation of the samples, a new one for each epoch.</summary>
/// <param name="problem">Data and model.</param>
/// <param name="batch">Samples of a batch.</param>
/// <param name="seed">Seed of the permutations.</param>
internal sealed class BatchLosses(Problem problem, int batch, long seed)
{
    private readonly int _perEpoch = problem.Samples / batch;
    private (long Epoch, IReadOnlyList<long>[] Batches)? _present;

    /// <summary>Returns the loss of the batch of an attempt, from 0.</summary>
    public IObjective Of(long attempt) => new BatchLoss(problem, BatchesOf(attempt / _perEpoch)[attempt % _perEpoch]);

    private IReadOnlyList<long>[] BatchesOf(long epoch)
    {
        if (_present?.Epoch != epoch)
            _present = (epoch, [.. BatchOrder.Random(problem.Samples, batch, unchecked((seed * 1_000_003) + epoch)).Take(_perEpoch)]);
        return _present.Value.Batches;
    }

    /// <summary>The loss of some samples, which are gathered at each call.</summary>
    private sealed class BatchLoss(Problem problem, IReadOnlyList<long> samples) : IObjective
    {
        public long Dimension => problem.Model.Dimension;

        public ScalarType Precision => ScalarType.Float32;

        public double Loss(Tensor theta)
        {
            using var scope = NewDisposeScope();
            return With(loss => loss.Loss(theta));
        }

        public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
        {
            using var scope = NewDisposeScope();
            var (loss, gradient) = With(batch => batch.LossAndGradient(theta));
            return (loss, scope.MoveToOuter(gradient));
        }

        public IExpansion ExpandAt(Tensor theta)
        {
            var (loss, gradient) = LossAndGradient(theta);
            return new Expansion(this, theta.clone().DetachFromDisposeScope(), loss, gradient.DetachFromDisposeScope());
        }

        public Tensor At(Tensor theta, Func<IExpansion, Tensor> derivative)
        {
            using var scope = NewDisposeScope();
            return scope.MoveToOuter(With(loss =>
            {
                using var expansion = loss.ExpandAt(theta);
                return derivative(expansion);
            }));
        }

        /// <summary>Evaluates the loss; its samples belong to the caller's dispose scope.</summary>
        private T With<T>(Func<IObjective, T> evaluate)
        {
            var loss = problem.Batch(Precision, samples);
            try
            {
                return evaluate(loss);
            }
            finally
            {
                (loss as IDisposable)?.Dispose();
            }
        }
    }

    private sealed class Expansion(BatchLoss batch, Tensor theta, double loss, Tensor gradient) : IExpansion
    {
        public double Loss => loss;

        public Tensor Gradient => gradient;

        public Tensor HessianTimes(Tensor v) => batch.At(theta, expansion => expansion.HessianTimes(v));

        public Tensor ThirdDerivative(Tensor u, Tensor v) => batch.At(theta, expansion => expansion.ThirdDerivative(u, v));

        public void Dispose()
        {
            theta.Dispose();
            gradient.Dispose();
        }
    }
}
