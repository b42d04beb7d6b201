namespace Brink.Graphs.Operators;

/// <summary>Arrays of another size along a dimension: each element of the result is a sum of neighbours, with weights that depend on
/// the sizes only.</summary>
internal static class Resampling
{
    /// <summary>Selects the element at each coordinate.</summary>
    /// <param name="x">Array.</param>
    /// <param name="axis">Dimension.</param>
    /// <param name="coordinates">Coordinates of the results in x.</param>
    /// <param name="rounded">Maps a coordinate to an element; those outside become the first or last one.</param>
    public static Quantity Nearest(Quantity x, int axis, double[] coordinates, Func<double, double> rounded) => x.Gather(
        axis, tensor([.. coordinates.Select(at => (long)Math.Clamp(rounded(at), 0, x.Shape[axis] - 1))], dtype: ScalarType.Int64));

    /// <summary>Interpolates between the two neighbours of each coordinate.</summary>
    public static Quantity Linear(Quantity x, int axis, double[] coordinates) =>
        Weighted(x, axis, coordinates, 0, t => [1 - t, t], excludesOutside: false);

    /// <summary>Interpolates between four neighbours by cubic convolution (Keys 1981).</summary>
    /// <param name="x">Array.</param>
    /// <param name="axis">Dimension.</param>
    /// <param name="coordinates">Coordinates of the results in x.</param>
    /// <param name="a">Parameter of the kernel.</param>
    /// <param name="excludesOutside">True to leave out neighbours outside the array; otherwise the first or last element takes their
    /// place.</param>
    public static Quantity Cubic(Quantity x, int axis, double[] coordinates, double a, bool excludesOutside)
    {
        return Weighted(x, axis, coordinates, -1, t => [Far(1 + t), Near(t), Near(1 - t), Far(2 - t)], excludesOutside);

        double Near(double t) => ((((a + 2) * t) - (a + 3)) * t * t) + 1;
        double Far(double t) => ((((((a * t) - (5 * a)) * t) + (8 * a)) * t) - (4 * a));
    }

    private static Quantity Weighted(
        Quantity x, int axis, double[] coordinates, int first, Func<double, double[]> weights, bool excludesOutside)
    {
        var (n, m) = ((int)x.Shape[axis], coordinates.Length);
        var factors = new double[n * m];        // [from,to]
        for (var i = 0; i < m; i++)
        {
            var start = (int)Math.Floor(coordinates[i]);
            var shares = weights(coordinates[i] - start);
            var sum = shares.Where((_, k) => !excludesOutside || (start + first + k >= 0 && start + first + k < n)).Sum();
            for (var k = 0; k < shares.Length; k++)
            {
                var at = start + first + k;
                if (excludesOutside && (at < 0 || at >= n)) continue;
                factors[(Math.Clamp(at, 0, n - 1) * m) + i] += excludesOutside ? shares[k] / sum : shares[k];
            }
        }
        return Quantity.MatMul(x.Last(axis), Quantity.Of(tensor(factors, dtype: ScalarType.Float64).reshape(n, m))).FromLast(axis);
    }
}
