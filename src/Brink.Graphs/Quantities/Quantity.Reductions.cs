using Brink.Taylor;

namespace Brink.Graphs;

// Sums, maxima and norms along axes.
internal sealed partial class Quantity
{
    /// <summary>A factor times the sum along axes; all axes if none is given.</summary>
    /// <param name="axes">The axes.</param>
    /// <param name="keep">True to keep the axes with size 1.</param>
    /// <param name="factor">Factor.</param>
    public Quantity Sum(IReadOnlyList<long> axes, bool keep, double factor = 1)
    {
        var reduced = axes.Count == 0 ? Enumerable.Range(0, Rank).ToHashSet() : axes.Select(Axis).ToHashSet();
        long[] kept = [.. Shape.Select((size, d) => reduced.Contains(d) ? 1 : size)];
        var result = Data is { } data ? SumOfData(data) : SumOfValue();
        return keep ? result : result.Squeeze(reduced.Select(d => (long)d));

        Quantity SumOfData(Tensor x)
        {
            var sum = reduced.Count == 0 ? x : x.sum([.. reduced.Select(d => (long)d)], keepdim: true);
            return Of(factor == 1 ? sum : factor * Floating(sum));
        }

        Quantity SumOfValue()
        {
            var order = Order();
            var isReduced = order.Where(d => Shape[d] != 1).Select(reduced.Contains).ToArray();
            if (!isReduced.Contains(true)) return factor * this;
            // One group of reduced dimensions in memory, with others before it, after it, or both.
            var before = isReduced.TakeWhile(sum => !sum).Count();
            var within = isReduced.Skip(before).TakeWhile(sum => sum).Count();
            if (isReduced.Skip(before + within).Contains(true))
            {
                order = [.. order.Where(d => !reduced.Contains(d)), .. order.Where(reduced.Contains)];
                before = order.Count(d => Shape[d] != 1 && !reduced.Contains(d));
                within = order.Count(d => Shape[d] != 1) - before;
            }
            var sizes = order.Where(d => Shape[d] != 1).Select(d => Shape[d]).ToArray();
            var (outer, middle) = (Product(sizes.Take(before)), Product(sizes.Skip(before).Take(within)));
            var inner = Count / outer / middle;
            var x = In(order);
            var sum = inner == 1
                ? x.Reshape(outer, middle).RowSum(factor)
                : (factor * middle) * x.Reshape(outer, middle, inner).ColumnMean();
            return InOrder(sum, kept, order);
        }
    }

    /// <summary>The mean along axes; all axes if none is given.</summary>
    public Quantity Mean(IReadOnlyList<long> axes, bool keep)
    {
        var count = axes.Count == 0 ? Count : axes.Select(Axis).Distinct().Aggregate(1L, (product, d) => product * Shape[d]);
        return Sum(axes, keep, 1.0 / count);
    }

    /// <summary>The largest number along axes, the first of equal ones; all axes if none is given.</summary>
    public Quantity Largest(IReadOnlyList<long> axes, bool keep)
    {
        var reduced = (axes.Count == 0 ? Enumerable.Range(0, Rank) : axes.Select(Axis)).Distinct().Order().ToArray();
        int[] others = [.. Enumerable.Range(0, Rank).Where(d => !reduced.Contains(d))];
        long[] kept = [.. Shape.Select((size, d) => reduced.Contains(d) ? 1 : size)];
        var result = Data is { } data
            ? Of(data.amax([.. reduced.Select(d => (long)d)], keepdim: true))
            : Of(Windows(others, [.. reduced.Select(d => Shape[d])], [.. reduced.Select(d => _strides[d])]), kept);
        return keep ? result : result.Squeeze(reduced.Select(d => (long)d));

        Value Windows(int[] dimensions, long[] window, long[] strides)
        {
            long[] box = [.. dimensions.Select(d => Shape[d])];
            return _base!.LargestOf([Product(box)], box, (_offset, [.. dimensions.Select(d => _strides[d])]), window, strides);
        }
    }

    /// <summary>The smallest number along axes, the first of equal ones; all axes if none is given.</summary>
    public Quantity Smallest(IReadOnlyList<long> axes, bool keep) => Data is { } data
        ? Of(-Of(-data).Largest(axes, keep).Data!)
        : -1.0 * (-1.0 * this).Largest(axes, keep);

    /// <summary>The logarithm of the sum of exponentials along axes; all axes if none is given.</summary>
    public Quantity LogSumExp(IReadOnlyList<long> axes, bool keep)
    {
        // The shift does not change the result, whatever it is.
        var shift = Largest(axes, keep: true);
        var sum = (this - shift).Map(value => value.Exp()).Sum(axes, keep: true).Map(value => value.Log()) + shift;
        return keep ? sum : sum.Squeeze(axes.Count == 0 ? [.. RowMajor(Rank).Select(d => (long)d)] : axes);
    }

    /// <summary>Applies a function of rows [rows,c] along an axis.</summary>
    public Quantity AlongRows(long axis, Func<Value, Value> f)
    {
        if (!Moves) return Lifted().AlongRows(axis, f).Settled();
        var d = Axis(axis);
        int[] order = [.. Order().Where(k => k != d), d];
        return InOrder(f(In(order).Reshape(Count / Shape[d], Shape[d])), Shape, order);
    }

    /// <summary>Subtracts the mean and divides by the standard deviation along the last dimensions.</summary>
    /// <param name="axis">The first of these dimensions.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public Quantity Standardized(long axis, double epsilon)
    {
        var first = Axis(axis);
        var width = Product(Shape.Skip(first));
        if (Rank - first == 1) return AlongRows(first, rows => rows.Standardize(epsilon));
        return Reshape([.. Shape.Take(first), width]).AlongRows(-1, rows => rows.Standardize(epsilon)).Reshape(Shape);
    }
}
