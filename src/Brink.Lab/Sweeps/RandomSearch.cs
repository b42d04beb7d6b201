namespace Brink.Lab;

/// <summary>A random search: the value of every axis is drawn for each point. A search with more points begins with the points
/// of a smaller one.</summary>
/// <param name="Points">Number of points.</param>
/// <param name="Seed">Seed of the draws.</param>
internal sealed record RandomSearch(int Points, long Seed)
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    /// <summary>Draws a number that is at least 0 and below 1: the same for the same arguments, on every machine.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="point">Number of the point.</param>
    /// <param name="axis">Number of the axis.</param>
    public static double Share(long seed, int point, int axis)
    {
        // 53 bits: every one of them fits into a double.
        return (Mixed(Mixed(Mixed((ulong)seed) + (ulong)point) + (ulong)axis) >> 11) * Math.Pow(2, -53);
    }

    /// <summary>Mixes 64 bits: one step of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
    /// generators", figure 13).</summary>
    private static ulong Mixed(ulong state)
    {
        unchecked
        {
            var z = state + GoldenGamma;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
