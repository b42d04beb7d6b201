namespace Brink.Distributed;

/// <summary>How the parts of the processes are added.</summary>
public enum Reduction
{
    /// <summary>One shard of samples for each process, added by MPI_Reduce: the last bits depend on the number of processes.</summary>
    Fast,

    /// <summary>Sixteen shards of samples, added in a fixed binary tree: the same bits for every number of processes. At most sixteen
    /// of them have work.</summary>
    Fixed,
}

/// <summary>Consecutive samples split into shards, the shards into consecutive groups for the processes, and sums over them.</summary>
/// <param name="ranks">The processes.</param>
/// <param name="reduction">How the parts are added.</param>
/// <param name="samples">Number of samples n.</param>
internal sealed class ShardSum(Communicator ranks, Reduction reduction, long samples)
{
    private const int FixedShards = 16;

    private readonly int _shards = (int)Math.Min(samples, reduction == Reduction.Fixed ? FixedShards : ranks.Size);

    /// <summary>The shards of this process.</summary>
    public IEnumerable<int> Own => Enumerable.Range(0, _shards).Where(shard => Owner(shard) == ranks.Rank);

    /// <summary>The samples of a shard.</summary>
    public (long Start, long Count) Samples(int shard)
    {
        var start = shard * samples / _shards;
        return (start, ((shard + 1) * samples / _shards) - start);
    }

    /// <summary>The share of a shard in all samples.</summary>
    public double Share(int shard) => (double)Samples(shard).Count / samples;

    /// <summary>Adds the parts of all shards; every process calls it at the same time.</summary>
    /// <param name="part">Computes the part of one of this process's shards: a new tensor of the shape and type.</param>
    /// <param name="shape">Shape of a part.</param>
    /// <param name="type">float32 or float64.</param>
    /// <returns>The sum on rank 0, in the caller's dispose scope; elsewhere a tensor of no meaning.</returns>
    public Tensor Of(Func<int, Tensor> part, long[] shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor sum;
        if (reduction == Reduction.Fixed)
        {
            sum = Tree(0, _shards) ?? zeros(shape, type);
        }
        else
        {
            sum = Own.Select(part).SingleOrDefault()?.contiguous() ?? zeros(shape, type);
            ranks.Reduce(sum);
        }
        return scope.MoveToOuter(sum);

        // The sum of the shards from one to another, on the process that has the first of them; null elsewhere.
        Tensor? Tree(int from, int to)
        {
            if (Owner(from) > ranks.Rank || Owner(to - 1) < ranks.Rank) return null;
            if (to - from == 1) return part(from).contiguous();
            var middle = (from + to) / 2;
            var (left, right) = (Tree(from, middle), Tree(middle, to));
            var (owner, other) = (Owner(from), Owner(middle));
            if (owner == other) return owner == ranks.Rank ? Added(left!, right!) : null;
            if (other == ranks.Rank) ranks.Send(right!, owner);
            if (owner != ranks.Rank) return null;
            var received = empty(shape, type);
            ranks.Receive(received, other);
            return Added(left!, received);
        }

        static Tensor Added(Tensor left, Tensor right)
        {
            using (right) return left.add_(right);
        }
    }

    // Rank r has the shards from r S / R to (r + 1) S / R.
    private int Owner(int shard) => (int)((((shard + 1L) * ranks.Size) - 1) / _shards);
}
