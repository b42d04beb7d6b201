namespace Brink.Graphs.Operators;

/// <summary>Borders around an array in the modes of ONNX and PyTorch.</summary>
internal static class Borders
{
    /// <summary>Adds elements before and after each dimension.</summary>
    /// <param name="x">Array.</param>
    /// <param name="before">Elements before each dimension; negative ones are removed.</param>
    /// <param name="after">Elements after each dimension; negative ones are removed.</param>
    /// <param name="mode">constant; reflect: mirrored at the last element; edge or replicate: the last element; wrap or circular:
    /// from the other end.</param>
    /// <param name="value">The constant.</param>
    public static Quantity Of(Quantity x, long[] before, long[] after, string mode, double value)
    {
        if (string.Equals(mode, "constant", StringComparison.Ordinal)) return x.Pad(before, after, value);
        for (var d = 0; d < x.Rank; d++)
        {
            if (before[d] == 0 && after[d] == 0) continue;
            var size = x.Shape[d];
            long[] sources = [.. Enumerable.Range(0, checked((int)(before[d] + size + after[d])))
                .Select(i => Source(i - before[d], size, mode))];
            x = x.Gather(d, tensor(sources, dtype: ScalarType.Int64));
        }
        return x;
    }

    /// <summary>The element that stands at a place, which may be outside the array.</summary>
    private static long Source(long i, long size, string mode) => mode switch
    {
        "edge" or "replicate" => Math.Clamp(i, 0, size - 1),
        "wrap" or "circular" => ((i % size) + size) % size,
        "reflect" when size == 1 => 0,
        "reflect" => Mirrored(((i % (2 * (size - 1))) + (2 * (size - 1))) % (2 * (size - 1)), size),
        _ => throw new GraphException($"the mode of borders '{mode}' is unknown"),
    };

    private static long Mirrored(long i, long size) => i < size ? i : (2 * (size - 1)) - i;
}
