namespace Brink.MiniBatches;

/// <summary>The samples of each batch: consecutive pieces of a permutation, a new one for each epoch, so that an epoch has no
/// sample twice. Samples that fill no batch are left out of an epoch.</summary>
public static class BatchOrder
{
    /// <summary>Returns batches of random samples without end.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="size">Samples of a batch, at least 1 and at most all.</param>
    /// <param name="seed">Seed of the permutations.</param>
    public static IEnumerable<IReadOnlyList<long>> Random(long samples, int size, long seed)
    {
        Check(samples, size);
        return Epochs();

        IEnumerable<IReadOnlyList<long>> Epochs()
        {
            using var generator = new Generator((ulong)seed, CPU);
            while (true)
            {
                long[] order;
                using (NewDisposeScope())
                    order = [.. randperm(samples, dtype: ScalarType.Int64, generator: generator).data<long>()];
                for (var start = 0; start + size <= samples; start += size) yield return order[start..(start + size)];
            }
        }
    }

    /// <summary>Returns the samples in their order, in full batches.</summary>
    /// <inheritdoc cref="Random"/>
    public static IEnumerable<IReadOnlyList<long>> Consecutive(long samples, int size)
    {
        Check(samples, size);
        return Enumerable.Range(0, (int)(samples / size))
            .Select(batch => (IReadOnlyList<long>)[.. Enumerable.Range(0, size).Select(i => ((long)batch * size) + i)]);
    }

    private static void Check(long samples, int size)
    {
        if (size < 1 || size > samples)
            throw new ArgumentOutOfRangeException(nameof(size), size, $"a batch has at least 1 and at most all {samples} samples");
    }
}
