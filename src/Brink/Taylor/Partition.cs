namespace Brink.Taylor;

/// <summary>Divides samples among threads, and a thread's samples into tiles.</summary>
internal static class Partition
{
    /// <summary>Elements of a tile's coefficients of one order: few enough to stay near the core until they are needed again,
    /// and so many that the overhead of the primitives is small compared with their work. Measured; the optimum is broad: four
    /// images of the paper's CNN, where tiles of two cost a tenth to a third more, and tiles of eight the same.</summary>
    public const long CachedElements = 1 << 19;

    /// <param name="samples">Number of samples.</param>
    /// <param name="tile">Samples of a tile; null to choose by size.</param>
    /// <param name="loss">Maps start and number of samples to their loss.</param>
    /// <returns>For each thread, the losses of its tiles.</returns>
    public static IReadOnlyList<IReadOnlyList<Value>> Of(long samples, int? tile, Func<long, long, Value> loss)
    {
        var threads = (int)Math.Min(get_num_threads(), samples);
        var size = tile ?? Size(loss, samples, threads);
        var shares = new List<IReadOnlyList<Value>>();
        for (var thread = 0; thread < threads; thread++)
        {
            var (start, end) = (samples * thread / threads, samples * (thread + 1) / threads);
            var count = (end - start + size - 1) / size;
            var tiles = new List<Value>();
            for (var i = 0; i < count; i++)
            {
                var (from, to) = (start + ((end - start) * i / count), start + ((end - start) * (i + 1) / count));
                tiles.Add(loss(from, to - from));
            }
            shares.Add(tiles);
        }
        return shares;
    }

    /// <summary>The samples of a tile: as many as the cache holds, but enough that reading the weights and adding to their
    /// gradients once a tile costs little compared with the tile.</summary>
    private static long Size(Func<long, long, Value> loss, long samples, int threads)
    {
        var values = Topology.Of(loss(0, 1)).Where(value => value.Primitive is not Constant).ToArray();
        var parameters = values.Where(value => value.Primitive is Parameter).Sum(value => value.Size);
        var sample = values.Where(value => value.Primitive is not (Parameter or PackedKernel)).Sum(value => value.Size);
        var cached = Math.Max(1, CachedElements / Math.Max(1, sample));
        var forLargeModels = Math.Min(1024, parameters / 1024);
        return Math.Clamp(Math.Max(cached, forLargeModels), 1, (samples + threads - 1) / threads);
    }
}
