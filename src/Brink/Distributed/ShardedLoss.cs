using Brink.Objectives;

namespace Brink.Distributed;

/// <summary>A mean loss over samples that the processes share: each method is called by all of them at the same time with the same
/// arguments, and returns its result on rank 0.</summary>
/// <param name="sum">The shards.</param>
/// <param name="shards">Mean losses over this process's shards, with the shards' shares of all samples.</param>
/// <param name="dimension">Number of parameters p.</param>
/// <param name="precision">float32 or float64.</param>
internal sealed class ShardedLoss(
    ShardSum sum, IReadOnlyDictionary<int, (IObjective Loss, double Share)> shards, long dimension, ScalarType precision) : IDisposable
{
    public long Dimension => dimension;

    public ScalarType Precision => precision;

    public double Loss(Tensor theta) => Number(shard => shards[shard].Share * shards[shard].Loss.Loss(theta));

    public (double Loss, Tensor Gradient) LossAndGradient(Tensor theta)
    {
        var losses = new Dictionary<int, double>();
        var gradient = Vector(shard =>
        {
            var (loss, share) = shards[shard];
            (losses[shard], var part) = loss.LossAndGradient(theta);
            return (part, share);
        });
        return (Number(shard => shards[shard].Share * losses[shard]), gradient);
    }

    /// <param name="theta">The point [p].</param>
    /// <param name="hasGradient">False if the gradient is not wanted.</param>
    public Expansion ExpandAt(Tensor theta, bool hasGradient) => new(this, shards.ToDictionary(
        shard => shard.Key,
        shard => hasGradient ? shard.Value.Loss.ExpandAt(theta) : shard.Value.Loss.CurvatureAt(theta)));

    public void Dispose()
    {
        foreach (var (loss, _) in shards.Values) (loss as IDisposable)?.Dispose();
    }

    private double Number(Func<int, double> part)
    {
        using var scope = NewDisposeScope();
        return sum.Of(shard => tensor(new[] { part(shard) }), [1], ScalarType.Float64).ToDouble();
    }

    private Tensor Vector(Func<int, (Tensor Part, double Share)> part, long? rows = null) => sum.Of(
        shard =>
        {
            var (tensor, share) = part(shard);
            return tensor.mul_(share);
        },
        rows is { } count ? [count, dimension] : [dimension],
        precision);

    /// <summary>The expansion of such a loss at a point.</summary>
    internal sealed class Expansion(ShardedLoss whole, Dictionary<int, IExpansion> shards) : IDisposable
    {
        public double Loss() => whole.Number(shard => whole.Share(shard) * shards[shard].Loss);

        public Tensor Gradient() => whole.Vector(shard => (shards[shard].Gradient.clone(), whole.Share(shard)));

        public Tensor HessianTimes(Tensor v) => whole.Vector(
            shard => (shards[shard].HessianTimes(v), whole.Share(shard)), v.dim() == 2 ? v.shape[0] : null);

        public Tensor ThirdDerivative(Tensor u, Tensor v) =>
            whole.Vector(shard => (shards[shard].ThirdDerivative(u, v), whole.Share(shard)));

        public void Dispose()
        {
            foreach (var expansion in shards.Values) expansion.Dispose();
        }
    }

    private double Share(int shard) => shards[shard].Share;
}
