using Brink.Taylor;

namespace Brink.Graphs;

// Views: transposition, slices, repetition, reshapes; and operations that join or select elements.
internal sealed partial class Quantity
{
    /// <summary>Permutes the dimensions; dimension k of the result is dimension permutation[k].</summary>
    public Quantity Transpose(params IReadOnlyList<int> permutation)
    {
        if (permutation.Count != Rank || permutation.Distinct().Count() != Rank || permutation.Any(d => d < 0 || d >= Rank))
            throw new GraphException($"[{string.Join(',', permutation)}] is no order of the dimensions of [{string.Join(',', Shape)}]");
        return Data is not null
            ? Of(Data.permute([.. permutation.Select(d => (long)d)]))
            : new(_base!, [.. permutation.Select(d => Shape[d])], [.. permutation.Select(d => _strides[d])], _offset);
    }

    /// <summary>Exchanges two dimensions.</summary>
    public Quantity Swap(long first, long second)
    {
        int[] order = [.. Enumerable.Range(0, Rank)];
        var (a, b) = (Axis(first), Axis(second));
        (order[a], order[b]) = (order[b], order[a]);
        return Transpose(order);
    }

    /// <summary>Moves a dimension to the end.</summary>
    public Quantity Last(long axis)
    {
        var moved = Axis(axis);
        return Transpose([.. Enumerable.Range(0, Rank).Where(d => d != moved), moved]);
    }

    /// <summary>Moves the last dimension to a place: the reverse of <see cref="Last"/>.</summary>
    public Quantity FromLast(long axis)
    {
        var order = Enumerable.Range(0, Rank - 1).ToList();
        order.Insert(Axis(axis), Rank - 1);
        return Transpose(order);
    }

    /// <summary>Gives the elements another shape, in row-major order.</summary>
    public Quantity Reshape(params long[] shape)
    {
        if (Product(shape) != Count)
        {
            throw new GraphException(
                $"{Count} elements of shape [{string.Join(',', Shape)}] do not have the shape [{string.Join(',', shape)}]");
        }
        if (Data is not null) return Of(Data.reshape(shape));
        return ViewStrides(shape) is { } strides ? new(_base!, shape, strides, _offset) : Of(Contiguous(), shape);
    }

    /// <summary>Inserts a dimension of size 1.</summary>
    public Quantity Unsqueeze(long axis)
    {
        var at = (int)(axis < 0 ? axis + Rank + 1 : axis);
        if (at < 0 || at > Rank) throw new GraphException($"axis {axis} does not exist in a result of {Rank + 1} dimensions");
        return Reshape([.. Shape.Take(at), 1, .. Shape.Skip(at)]);
    }

    /// <summary>Removes dimensions of size 1.</summary>
    public Quantity Squeeze(params IEnumerable<long> axes)
    {
        var removed = axes.Select(Axis).ToHashSet();
        if (removed.Any(d => Shape[d] != 1))
            throw new GraphException($"[{string.Join(',', Shape)}] has no dimension of size 1 at {string.Join(',', removed)}");
        return Reshape([.. Shape.Where((_, d) => !removed.Contains(d))]);
    }

    /// <summary>Takes the elements from start to before end of a dimension, each step-th one. A negative step goes backward.</summary>
    public Quantity Slice(long axis, long start, long end, long step = 1)
    {
        var d = Axis(axis);
        var size = Shape[d];
        if (step == 0) throw new GraphException("a slice has step 0; use another step");
        // As Python does: negative numbers count from the end, and those outside are moved to it.
        var first = Math.Clamp(start < 0 ? start + size : start, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
        var last = Math.Clamp(end < 0 ? Math.Max(end, -size - 1) + size : end, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
        var count = Math.Max(0, step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step);
        if (count == size && step == 1) return this;
        if (Data is not null)
            return Of(Data.index_select(d, (first + (step * arange(count, dtype: ScalarType.Int64))).reshape(count)));
        long[] shape = [.. Shape], strides = [.. _strides];
        (shape[d], strides[d]) = (count, _strides[d] * step);
        if (count == 0) return Of(zeros(shape, dtype: ScalarType.Float64));
        return new(_base!, shape, strides, _offset + (first * _strides[d]));
    }

    /// <summary>Takes one index of a dimension, which disappears.</summary>
    public Quantity Select(long axis, long index)
    {
        var d = Axis(axis);
        var i = index < 0 ? index + Shape[d] : index;
        if (i < 0 || i >= Shape[d]) throw new GraphException($"index {index} is outside a dimension of size {Shape[d]}");
        return Slice(d, i, i + 1).Squeeze(d);
    }

    /// <summary>Repeats dimensions of size 1, and inserts dimensions in front, without copies. -1 keeps a size.</summary>
    public Quantity Expand(params IReadOnlyList<long> sizes)
    {
        var added = sizes.Count - Rank;
        if (added < 0) throw new GraphException($"[{string.Join(',', Shape)}] cannot be expanded to fewer dimensions");
        long[] shape = [.. sizes.Select((size, d) => size == -1 ? Shape[d - added] : size)];
        for (var d = 0; d < Rank; d++)
            if (Shape[d] != shape[d + added] && Shape[d] != 1)
                throw new GraphException($"[{string.Join(',', Shape)}] cannot be expanded to [{string.Join(',', shape)}]");
        if (Data is not null) return Of(Data.expand(shape));
        long[] strides = [.. shape.Select((size, d) => d < added || Shape[d - added] != size ? 0 : _strides[d - added])];
        return new(_base!, shape, strides, _offset);
    }

    /// <summary>Repeats the whole array along each dimension.</summary>
    /// <param name="repeats">How often, for each dimension; more numbers than dimensions add dimensions in front.</param>
    public Quantity Tile(IReadOnlyList<long> repeats)
    {
        long[] shape = [.. Enumerable.Repeat(1L, repeats.Count - Rank), .. Shape];
        // [n] to [repeats,n] for each dimension, which are then merged.
        return Reshape([.. shape.SelectMany(n => new[] { 1, n })])
            .Expand([.. shape.SelectMany((n, d) => new[] { repeats[d], n })])
            .Reshape([.. shape.Select((n, d) => n * repeats[d])]);
    }

    /// <summary>Places quantities one after the other along a dimension.</summary>
    public static Quantity Concatenate(IReadOnlyList<Quantity> parts, long axis)
    {
        if (parts.Count == 0) throw new GraphException("a concatenation has no operand");
        if (parts.Count == 1) return parts[0];
        var d = parts[0].Axis(axis);
        var first = parts[0].Shape;
        if (parts.Any(part => part.Rank != first.Length || part.Shape.Where((size, k) => k != d && size != first[k]).Any()))
        {
            var shapes = parts.Select(part => $"[{string.Join(',', part.Shape)}]");
            throw new GraphException($"{string.Join(" and ", shapes)} do not fit along axis {d}");
        }
        if (parts.All(part => !part.Moves)) return Of(cat(InOneType(parts.Select(part => part.Data!)), d));
        Quantity[] filled = [.. parts.Where(part => part.Count > 0)];
        var joined = Layers.Join(Product(first.Take(d)), [.. filled.Select(part => part.Contiguous())]);
        return Of(joined, [.. first.Take(d), filled.Sum(part => part.Shape[d]), .. first.Skip(d + 1)]);
    }

    /// <summary>Selects indices of a dimension, in whose place the dimensions of the indices come.</summary>
    public Quantity Gather(long axis, Tensor indices)
    {
        var d = Axis(axis);
        long[] shape = [.. Shape.Take(d), .. indices.shape, .. Shape.Skip(d + 1)];
        var numbers = Positive(indices, Shape[d]);
        if (Data is not null) return Of(Data.index_select(d, tensor(numbers, dtype: ScalarType.Int64)).reshape(shape));
        if (numbers.Length == 1) return Slice(d, numbers[0], numbers[0] + 1).Reshape(shape);
        return Of(Contiguous().Gather(numbers, Product(Shape.Take(d)), Shape[d], Product(Shape.Skip(d + 1))), shape);
    }

    /// <summary>Selects single elements by their numbers in row-major order.</summary>
    /// <param name="numbers">Numbers, in the shape of the result, int64.</param>
    public Quantity Take(Tensor numbers)
    {
        if (Data is not null) return Of(Data.flatten().index_select(0, numbers.flatten()).reshape(numbers.shape));
        return Of(Contiguous().Gather(Positive(numbers, Count), 1, Count, 1), numbers.shape);
    }

    /// <summary>The row-major numbers of the elements, in the shape of the quantity, int64.</summary>
    public Tensor Numbers() => arange(Count, dtype: ScalarType.Int64).reshape(Shape);

    /// <summary>Surrounds the elements with others.</summary>
    /// <param name="before">Elements before each dimension; negative ones are removed.</param>
    /// <param name="after">Elements after each dimension; negative ones are removed.</param>
    /// <param name="value">Value of the added elements.</param>
    public Quantity Pad(IReadOnlyList<long> before, IReadOnlyList<long> after, double value)
    {
        var inner = this;
        for (var d = 0; d < Rank; d++)
            if (before[d] < 0 || after[d] < 0)
                inner = inner.Slice(d, Math.Max(0, -before[d]), Shape[d] - Math.Max(0, -after[d]));
        long[] front = [.. before.Select(n => Math.Max(0, n))], back = [.. after.Select(n => Math.Max(0, n))];
        if (front.All(n => n == 0) && back.All(n => n == 0)) return inner;
        if (inner.Data is { } data)
        {
            long[] fromLast = [.. Enumerable.Range(0, Rank).Reverse().SelectMany(d => new[] { front[d], back[d] })];
            return Of(nn.functional.pad(data, fromLast, value: value));
        }
        long[] shape = [.. inner.Shape.Select((size, d) => size + front[d] + back[d])];
        // In the memory order of the operand, so that images stay images.
        var order = inner.Order();
        var strides = Strides(shape, order);
        var offset = front.Select((n, d) => n * strides[d]).Sum();
        var padded = inner._base!.Rearrange(
            [Product(shape)], [.. order.Select(d => inner.Shape[d])], (inner._offset, [.. order.Select(d => inner._strides[d])]),
            (offset, [.. order.Select(d => strides[d])]), value);
        return InOrder(padded, shape, order);
    }

    private static int[] Positive(Tensor indices, long size)
    {
        long[] numbers = [.. indices.to(ScalarType.Int64).contiguous().flatten().data<long>()];
        foreach (var number in numbers)
            if (number < -size || number >= size) throw new GraphException($"index {number} is outside a dimension of size {size}");
        return [.. numbers.Select(number => (int)(number < 0 ? number + size : number))];
    }

    private static Tensor[] InOneType(IEnumerable<Tensor> tensors)
    {
        var all = tensors.ToArray();
        var type = all.FirstOrDefault(tensor => tensor.is_floating_point())?.dtype ?? all[0].dtype;
        return [.. all.Select(tensor => tensor.dtype == type ? tensor : tensor.to(type))];
    }

    /// <summary>The strides of a reshaped view, or null if the elements have to be moved.</summary>
    private long[]? ViewStrides(long[] shape)
    {
        // Dimensions of size 1 have no place in memory; the others are matched in groups of equal size.
        var old = Enumerable.Range(0, Rank).Where(d => Shape[d] != 1).ToArray();
        var strides = new long[shape.Length];
        var (i, j) = (0, 0);
        while (j < shape.Length)
        {
            if (shape[j] == 1)
            {
                j++;
                continue;
            }
            if (i >= old.Length) return null;
            var (start, oldSize, newSize, firstNew) = (i, Shape[old[i++]], shape[j], j++);
            while (oldSize != newSize)
            {
                if (oldSize < newSize)
                {
                    if (i >= old.Length) return null;
                    oldSize *= Shape[old[i++]];
                }
                else
                {
                    if (j >= shape.Length) return null;
                    newSize *= shape[j++];
                }
            }
            for (var d = start; d + 1 < i; d++)
                if (_strides[old[d]] != _strides[old[d + 1]] * Shape[old[d + 1]]) return null;
            var next = _strides[old[i - 1]];
            for (var d = j - 1; d >= firstNew; d--)
            {
                strides[d] = next;
                next *= shape[d];
            }
        }
        return i == old.Length ? strides : null;
    }
}
