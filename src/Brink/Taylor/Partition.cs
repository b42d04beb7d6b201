namespace Brink.Taylor;

/// <summary>How samples are divided among threads, and a thread's into tiles.</summary>
internal static class Partition
{
    /// <summary>Elements of a tile's coefficients of one order: few enough to lie near the core when they are needed again, and
    /// so many that going through the primitives is little beside the work in them. Measured, not sharp: four images of the
    /// paper's CNN, of which two cost a tenth to a third more, and eight as much.</summary>
    public const long CachedElements = 1 << 19;

    /// <param name="samples">In all.</param>
    /// <param name="tile">Samples of a tile, or null.</param>
    /// <param name="loss">Start and number of samples to their loss.</param>
    /// <returns>By thread, the losses of its tiles.</returns>
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

    /// <summary>As many samples as the cache holds, but so many that reading the weights
    /// and adding to their gradients once a tile is little beside the tile itself.</summary>
    private static long Size(Func<long, long, Value> loss, long samples, int threads)
    {
        var values = Topology.Of(loss(0, 1)).Where(value => value.Primitive is not Constant).ToArray();
        var parameters = values.Where(value => value.Primitive is Parameter).Sum(value => value.Size);
        var sample = values.Where(value => value.Primitive is not (Parameter or PackedKernel)).Sum(value => value.Size);
        var cached = Math.Max(1, CachedElements / Math.Max(1, sample));
        var weighty = Math.Min(1024, parameters / 1024);
        return Math.Clamp(Math.Max(cached, weighty), 1, (samples + threads - 1) / threads);
    }
}
