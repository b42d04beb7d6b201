using Brink.Algebra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>The number of evaluations of a stochastic objective so far, per sample: a gradient of a minibatch of n counts n, a
/// Hessian product of one with k rows n k.</summary>
public sealed class OracleCount
{
    /// <summary>Number of gradients of single samples.</summary>
    public long Gradients { get; internal set; }

    /// <summary>Number of Hessian products of single samples.</summary>
    public long HessianProducts { get; internal set; }

    /// <summary>Number of values of single samples.</summary>
    public long Values { get; internal set; }

    /// <summary>The sum of the three counts.</summary>
    public long Total => Gradients + HessianProducts + Values;
}

/// <summary>A stochastic objective that counts its evaluations.</summary>
/// <remarks>Repeated evaluations count again. A Hessian counts when it is multiplied, not when it is made.</remarks>
public sealed record OracleCounter(IStochasticObjective Objective, OracleCount Count) : IStochasticObjective
{
    /// <inheritdoc/>
    public long Dimension => Objective.Dimension;

    /// <inheritdoc/>
    public ScalarType Precision => Objective.Precision;

    /// <inheritdoc/>
    public IMinibatch Draw(int samples, Generator generator) => new Minibatch(Objective.Draw(samples, generator), Count);

    /// <inheritdoc/>
    public IMinibatch Expectation() => new Minibatch(Objective.Expectation(), Count);

    private sealed class Minibatch(IMinibatch batch, OracleCount count) : IMinibatch
    {
        public int Size => batch.Size;

        public Tensor Values(Tensor points)
        {
            count.Values += batch.Size;
            return batch.Values(points);
        }

        public Tensor Gradients(Tensor theta)
        {
            count.Gradients += batch.Size;
            return batch.Gradients(theta);
        }

        public Tensor Gradient(Tensor theta)
        {
            count.Gradients += batch.Size;
            return batch.Gradient(theta);
        }

        public SymmetricOperator Hessian(Tensor theta)
        {
            var hessian = batch.Hessian(theta);
            return hessian with
            {
                Times = rows =>
                {
                    count.HessianProducts += batch.Size * rows.shape[0];
                    return hessian.Times(rows);
                },
            };
        }

        public void Dispose() => batch.Dispose();
    }
}
