using Brink.Taylor;

namespace Brink.Graphs;

// Sums, products and choices of two quantities whose shapes are broadcast as NumPy does.
internal sealed partial class Quantity
{
    // Results of two operands: of equal layout; of a large one [..,c] with a small one [c] or [n,c], and with one number a row.
    private static readonly Pairing Addition = new((x, y) => x + y, (x, s) => x.AddColumns(s), (x, s) => x.AddRows(s));
    private static readonly Pairing Multiplication = new((x, y) => x * y, (x, s) => x.ScaleColumns(s), (x, s) => x.ScaleRows(s));

    public static Quantity operator +(Quantity x, Quantity y) =>
        x.Data is { } a && y.Data is { } b ? Of(a + b) : Combined(Addition, x, y);

    public static Quantity operator -(Quantity x, Quantity y) =>
        x.Data is { } a && y.Data is { } b ? Of(a - b) : x + (-1.0 * y);

    public static Quantity operator *(Quantity x, Quantity y)
    {
        if (x.Data is { } a && y.Data is { } b) return Of(a * b);
        if (x.Scalar() is { } left) return left * y.Expand(BroadcastShape(x.Shape, y.Shape));
        if (y.Scalar() is { } right) return right * x.Expand(BroadcastShape(x.Shape, y.Shape));
        return Combined(Multiplication, x, y);
    }

    public static Quantity operator /(Quantity x, Quantity y)
    {
        if (y.Data is not { } divisor) return x * y.Map(value => value.Reciprocal());
        return x.Data is { } dividend ? Of(dividend / divisor) : x * Of(1 / Floating(divisor));
    }

    public static Quantity operator *(double a, Quantity x)
    {
        if (x.Data is { } data) return Of(a * data);
        return a == 1 ? x : x.Map(value => a * value);
    }

    public static Quantity operator +(Quantity x, double a) => x + Of(full(1, a, dtype: ScalarType.Float64).reshape());

    /// <summary>x where the condition holds, y elsewhere.</summary>
    /// <param name="condition">Data; numbers other than 0 are true.</param>
    /// <param name="x">Operand.</param>
    /// <param name="y">Operand.</param>
    public static Quantity Where(Tensor condition, Quantity x, Quantity y)
    {
        var mask = condition.to(ScalarType.Bool);
        if (x.Data is { } a && y.Data is { } b)
        {
            var pair = InOneType([a, b]);
            return Of(where(mask, pair[0], pair[1]));
        }
        var shape = BroadcastShape(BroadcastShape(x.Shape, y.Shape), mask.shape);
        var allowed = mask.expand(shape).contiguous();
        return Of(x.Kept(allowed, shape) + y.Kept(allowed.logical_not(), shape), shape);
    }

    /// <summary>x where it is positive, otherwise x times a slope, which may depend on the parameters.</summary>
    public Quantity Rectified(Quantity slope)
    {
        var positive = Map(value => value.Relu());
        return positive + (slope * (this - positive));
    }

    /// <summary>The larger of two quantities, x where they are equal.</summary>
    public static Quantity Maximum(Quantity x, Quantity y)
    {
        if (x.Data is { } a && y.Data is { } b) return Of(a.maximum(b));
        var shape = BroadcastShape(x.Shape, y.Shape);
        var both = Layers.Join(1, x.Expand(shape).Contiguous(), y.Expand(shape).Contiguous());
        var count = Product(shape);
        return Of(both.LargestOf([count], [count], (0, [1]), [2], [count]), shape);
    }

    /// <summary>The smaller of two quantities, x where they are equal.</summary>
    public static Quantity Minimum(Quantity x, Quantity y) =>
        x.Data is { } a && y.Data is { } b ? Of(a.minimum(b)) : -1.0 * Maximum(-1.0 * x, -1.0 * y);

    /// <summary>The shape to which NumPy broadcasts two shapes.</summary>
    /// <exception cref="GraphException">They do not fit each other.</exception>
    public static long[] BroadcastShape(IReadOnlyList<long> x, IReadOnlyList<long> y)
    {
        var shape = new long[Math.Max(x.Count, y.Count)];
        for (var k = 1; k <= shape.Length; k++)
        {
            var (a, b) = (k <= x.Count ? x[^k] : 1, k <= y.Count ? y[^k] : 1);
            if (a != b && a != 1 && b != 1)
                throw new GraphException($"the shapes [{string.Join(',', x)}] and [{string.Join(',', y)}] do not fit each other");
            shape[^k] = a == 1 ? b : a;
        }
        return shape;
    }

    private static Quantity Combined(Pairing pairing, Quantity x, Quantity y)
    {
        var shape = BroadcastShape(x.Shape, y.Shape);
        var count = Product(shape);
        // The large operand has all elements; of two, the one that depends on the parameters gives the order.
        var (large, small) = y.Count == count && (x.Count != count || !x.Moves) ? (y, x) : (x, y);
        if (large.Count != count) large = large.Expand(shape);
        large = large.Reshape(shape);
        small = small.Reshape([.. Enumerable.Repeat(1L, shape.Length - small.Rank), .. small.Shape]);
        var full = large.Order();
        var value = large.In(full);
        if (small.Count == count) return InOrder(pairing.Same(value, small.In(full)), shape, full);

        var order = full.Where(d => shape[d] != 1).ToArray();
        var varies = order.Select(d => small.Shape[d] != 1).ToArray();
        var (before, after) = (varies.TakeWhile(varying => varying).Count(), varies.Reverse().TakeWhile(varying => varying).Count());
        if (varies.Count(varying => varying) > before + after)
        {
            // The small operand varies along scattered dimensions: its elements are repeated.
            return InOrder(pairing.Same(value, small.Expand(shape).In(full)), shape, full);
        }
        var inner = small.In(full);
        var (rows, columns) = (Product(order.Take(before).Select(d => shape[d])), Product(order.TakeLast(after).Select(d => shape[d])));
        var combined = after == 0 ? pairing.Rows(value.Reshape(rows, count / rows), inner.Reshape(rows))
            : before == 0 ? pairing.Columns(value.Reshape(count / columns, columns), inner.Reshape(columns))
            : pairing.Columns(value.Reshape(rows, count / rows / columns, columns), inner.Reshape(rows, columns));
        return InOrder(combined.Reshape(count), shape, full);
    }

    /// <summary>The number of data of one element, or null.</summary>
    private double? Scalar() => Data is not null && Count == 1 ? Data.to(ScalarType.Float64).item<double>() : null;

    /// <summary>The elements where a mask allows them, and 0 elsewhere, as an array [count] in row-major order.</summary>
    private Value Kept(Tensor mask, long[] shape)
    {
        if (Data is not null) return Value.Constant(where(mask, Floating(Data), zeros(1, dtype: Floating(Data).dtype)).flatten());
        return Expand(shape).Contiguous().Where([.. mask.flatten().data<bool>()]);
    }

    private sealed record Pairing(Func<Value, Value, Value> Same, Func<Value, Value, Value> Columns, Func<Value, Value, Value> Rows);
}
