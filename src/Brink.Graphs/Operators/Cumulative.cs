namespace Brink.Graphs.Operators;

/// <summary>Cumulative sums.</summary>
internal static class Cumulative
{
    /// <summary>The sums of all elements up to each one along an axis.</summary>
    /// <param name="x">Array.</param>
    /// <param name="axis">Axis.</param>
    /// <param name="exclusive">True to leave out the element itself.</param>
    /// <param name="reverse">True to sum from the end.</param>
    public static Quantity Sum(Quantity x, long axis, bool exclusive, bool reverse)
    {
        var size = x.Shape[x.Axis(axis)];
        var all = ones(size, size, dtype: ScalarType.Float64);
        var offset = exclusive ? 1 : 0;
        var weights = reverse ? all.tril(-offset) : all.triu(offset);       // [from,to]
        var sums = Quantity.MatMul(x.Last(axis), Quantity.Of(weights)).FromLast(axis);
        return x.Data is { } data && !data.is_floating_point() ? Quantity.Of(sums.Data!.round().to(ScalarType.Int64)) : sums;
    }
}
